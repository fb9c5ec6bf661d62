"""Sensors of sessions: the last one in full, and the month by household, person and card."""

from datetime import UTC, datetime, timedelta

from homeassistant.const import STATE_UNKNOWN
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.ocpp_home import sessions
from custom_components.ocpp_home.cards import card_id
from custom_components.ocpp_home.const import CONF_NUMBER
from custom_components.ocpp_home.csms.model.token import Token
from tests.simulator import Station

from .home import ADA, BEGIN, BOB, Home

pytestmark = pytest.mark.usefixtures("all_enabled")


def wh(state: str) -> int:
    """What a sensor in kWh shows, in Wh."""
    return round(float(state) * 1000)


async def test_the_last_session_is_shown_in_full_also_while_another_one_runs(home: Home, garage: Station) -> None:
    home.price("0.30")
    home.shine(400)
    truth = await home.charge(garage, minutes=90)
    await garage.start(BOB)
    await home.wait(minutes=5)

    shown = {
        key: home.shown(f"garage_1_last_session_{key}").state
        for key in ("energy", "cost", "duration", "start", "end", "holder", "stop_reason", "peak_power", "sun")
    }

    assert truth.stopped is not None
    assert wh(shown["energy"]) == truth.energy > 5000
    assert float(shown["cost"]) == pytest.approx(round(truth.energy * 0.0003, 2))
    assert shown["duration"] == "90"
    assert (shown["start"], shown["end"]) == (
        truth.started.isoformat(timespec="seconds"),
        truth.stopped.isoformat(timespec="seconds"),
    )
    assert (shown["holder"], shown["stop_reason"], shown["sun"]) == ("Ada", "Local", "40")
    assert float(shown["peak_power"]) > 3000
    assert home.shown("garage_1_last_session_cost").attributes["unit_of_measurement"] == "EUR"
    assert home.shown("garage_1_session_holder").state == "Bob"
    assert home.shown("garage_1_session_holder").attributes["card"] == "Bob's card"
    assert home.shown("garage_1_session_sun").state == "40"


async def test_the_last_session_is_known_while_the_station_is_away_and_after_a_restart(home: Home) -> None:
    home.price("0.30")
    async with home.station() as garage:
        truth = await home.charge(garage, minutes=30)
    await home.hass.async_block_till_done()
    assert wh(home.shown("garage_1_last_session_energy").state) == truth.energy
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.hass.async_block_till_done()
    assert wh(home.shown("garage_1_last_session_energy").state) == truth.energy
    assert home.shown("garage_1_last_session_holder").state == "Ada"


async def test_what_nobody_knows_is_unknown(home: Home, garage: Station) -> None:
    for key in ("energy", "cost", "duration", "start", "end", "holder", "stop_reason", "peak_power", "sun"):
        assert home.shown(f"garage_1_last_session_{key}").state == STATE_UNKNOWN
    await home.charge(garage, "STRANGER", minutes=10)
    assert home.shown("garage_1_last_session_holder").state == STATE_UNKNOWN
    assert home.shown("garage_1_last_session_cost").state == STATE_UNKNOWN
    assert home.shown("garage_1_last_session_sun").state == STATE_UNKNOWN
    hub = home.entry.entry_id
    assert home.shown(f"{hub}_month_cost").state == STATE_UNKNOWN
    assert home.shown(f"{hub}_month_sessions").state == "1"


async def test_the_month_is_the_sum_of_its_sessions_by_person_and_by_card(
    home: Home, garage: Station, yard: Station
) -> None:
    home.price("0.30")
    hub = home.entry.entry_id
    assert home.shown(f"{hub}_month_energy").state == "0.0"
    assert home.shown(f"{hub}_person_Ada_month_cost").state == "0.0"

    first = await home.charge(garage, ADA, minutes=40)
    second = await home.charge(yard, BOB, minutes=20)
    third = await home.charge(yard, ADA, connector=2, minutes=10)

    whole = first.energy + second.energy + third.energy
    assert wh(home.shown(f"{hub}_month_energy").state) == whole
    assert home.shown(f"{hub}_month_sessions").state == "3"
    assert home.shown(f"{hub}_month_cost").state == str(
        sum(round(one.energy * 0.03) for one in (first, second, third)) / 100
    )
    assert wh(home.shown(f"{hub}_person_Ada_month_energy").state) == first.energy + third.energy
    assert home.shown(f"{hub}_person_Ada_month_sessions").state == "2"
    assert wh(home.shown(f"{hub}_person_Bob_month_energy").state) == second.energy
    assert wh(home.shown(f"{home.card("Ada's fob")}_month_energy").state) == first.energy + third.energy
    assert wh(home.shown(f"{home.card("Bob's card")}_month_energy").state) == second.energy
    energy = home.shown(f"{hub}_month_energy")
    assert energy.attributes["state_class"] == "total"
    assert energy.attributes["last_reset"] == "2026-09-01T00:00:00+02:00"
    assert energy.attributes["unit_of_measurement"] == "kWh"
    assert home.shown(f"{hub}_month_cost").attributes["unit_of_measurement"] == "EUR"


async def test_a_session_counts_while_it_runs(home: Home, garage: Station) -> None:
    home.price("0.30")
    await garage.start()
    await home.wait(minutes=30)
    running = wh(home.shown(f"{home.entry.entry_id}_month_energy").state)
    assert running > 2000
    await home.wait(minutes=30)
    assert wh(home.shown(f"{home.entry.entry_id}_month_energy").state) > running
    truth = await garage.stop()
    await home.hass.async_block_till_done()
    assert wh(home.shown(f"{home.entry.entry_id}_month_energy").state) == truth.energy


async def test_a_month_begins_at_nothing_by_local_time_and_a_session_belongs_to_the_days_it_ran_on(
    home: Home,
) -> None:
    home.price("0.30")
    await home.leap(datetime(2026, 9, 30, 21, tzinfo=UTC))
    async with home.station() as garage:
        await garage.start(ADA)
        await home.wait(minutes=59)
        before = home.shown(f"{home.entry.entry_id}_month_energy")
        assert before.attributes["last_reset"] == "2026-09-01T00:00:00+02:00"
        assert wh(before.state) > 5000
        await home.wait(minutes=2)
        after = home.shown(f"{home.entry.entry_id}_month_energy")
        assert after.attributes["last_reset"] == "2026-10-01T00:00:00+02:00"
        assert wh(after.state) < 500
        await home.wait(minutes=29)
        truth = await garage.stop()
        await home.hass.async_block_till_done()
    september = wh(before.state)
    october = wh(home.shown(f"{home.entry.entry_id}_month_energy").state)
    assert truth.energy - september - october == pytest.approx(0, abs=200)
    assert home.shown(f"{home.entry.entry_id}_month_sessions").state == "1"


async def test_a_restart_forgets_nothing_of_the_month(home: Home) -> None:
    home.price("0.30")
    async with home.station() as garage:
        truth = await home.charge(garage, minutes=30)
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.hass.async_block_till_done()
    assert wh(home.shown(f"{home.entry.entry_id}_month_energy").state) == truth.energy
    assert wh(home.shown(f"{home.entry.entry_id}_person_Ada_month_energy").state) == truth.energy


async def test_a_session_told_late_is_in_the_month(home: Home, garage: Station) -> None:
    await garage.go_offline()
    truth = await home.charge(garage, minutes=20)
    assert home.shown(f"{home.entry.entry_id}_month_energy").state == "0.0"
    await garage.go_online()
    await home.hass.async_block_till_done()
    await home.wait(seconds=2)
    assert wh(home.shown(f"{home.entry.entry_id}_month_energy").state) == truth.energy


async def test_what_happens_within_a_moment_is_counted_together(
    home: Home, garage: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "REST", timedelta(seconds=30))  # the moment is one of the real clock here
    await garage.go_offline()
    for _ in range(5):
        await home.charge(garage, minutes=20)
    counts: list[int] = []
    home.hub.month.subscribe(lambda: counts.append(home.hub.month.whole.sessions))
    await garage.go_online()
    await home.hass.async_block_till_done()
    assert len(counts) == 1
    await home.wait(seconds=2)
    assert counts[-1] == 5
    assert len(counts) == 2


async def test_the_sensors_of_persons_and_cards_come_and_go_with_the_cards(home: Home) -> None:
    registry, hub = er.async_get(home.hass), home.entry.entry_id
    assert home.hass.config_entries.async_remove_subentry(home.entry, home.card("Bob's card"))
    await home.hass.async_block_till_done()
    assert registry.async_get_entity_id("sensor", "ocpp_home", f"{hub}_person_Bob_month_energy") is None
    assert not [entity for entity in registry.entities.values() if "bob" in entity.entity_id]
    assert home.shown(f"{hub}_person_Ada_month_energy").state == "0.0"


async def test_a_card_that_is_renamed_keeps_its_sensors_and_its_device_is_called_like_it(home: Home) -> None:
    subentry_id = home.card("Bob's card")
    subentry = home.entry.subentries[subentry_id]
    home.hass.config_entries.async_update_subentry(home.entry, subentry, title="Bob's ring")
    await home.hass.async_block_till_done()
    device = dr.async_get(home.hass).async_get(home.device(f"card/{subentry_id}"))
    assert device is not None
    assert device.name == "Bob's ring"
    async with home.station() as garage:
        truth = await home.charge(garage, BOB, minutes=5)
    assert wh(home.shown(f"{subentry_id}_month_energy").state) == truth.energy


@pytest.mark.parametrize(("name", "number"), [("Bob's ring", BOB), ("Bob's card", "0B0B0B0B")])
async def test_neither_another_name_nor_another_number_of_a_card_splits_its_month(
    home: Home, garage: Station, name: str, number: str
) -> None:
    subentry_id = home.card("Bob's card")
    card = home.entry.subentries[subentry_id]
    first = await home.charge(garage, BOB, minutes=5)
    home.hass.config_entries.async_update_subentry(
        home.entry, card, title=name, data={**card.data, CONF_NUMBER: number}, unique_id=card_id(Token(number))
    )
    await home.wait(seconds=2)
    assert wh(home.shown(f"{subentry_id}_month_energy").state) == first.energy
    second = await home.charge(garage, number, minutes=5)
    assert wh(home.shown(f"{subentry_id}_month_energy").state) == first.energy + second.energy
    assert [one["card"] for one in await home.sessions(person="Bob")] == [name, "Bob's card"]


async def test_the_device_of_a_card_cannot_be_deleted_while_the_card_is_there(home: Home) -> None:
    assert home.hub.forget({f"card/{home.card("Bob's card")}"}) is False
    assert home.hub.forget({"card/gone"}) is True


async def test_the_last_months_sessions_are_not_this_months(home: Home) -> None:
    async with home.station() as garage:
        await home.charge(garage, minutes=20)
    await home.leap(BEGIN + timedelta(days=30))
    await home.hass.async_block_till_done()
    assert home.shown(f"{home.entry.entry_id}_month_energy").state == "0.0"
    assert home.shown(f"{home.entry.entry_id}_month_sessions").state == "0"
