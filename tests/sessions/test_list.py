"""`list_sessions` tells what the stations themselves recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.ocpp_home.const import CONF_SHOW_NUMBERS, DOMAIN
from tests.simulator import Station, Transaction
from tests.simulator.clock import stamp

from .home import ADA, BEGIN, BOB, Home


def moment(told: Any) -> datetime:
    return datetime.fromisoformat(told)


def assert_equal(told: Any, truth: Transaction, station: str) -> None:
    """A session as it is listed is what the station recorded."""
    assert truth.stopped is not None
    assert (told["station"], moment(told["begin"]), moment(told["end"])) == (station, truth.started, truth.stopped)
    assert (told["meter_begin"], told["meter_end"]) == (truth.meter_start, truth.meter_stop)
    assert (told["energy"], told["reason"]) == (truth.energy, truth.reason)
    assert told["duration"] == (truth.stopped - truth.started).total_seconds()
    assert sum(day["energy"] for day in told["days"]) == truth.energy


async def test_everything_of_a_session_is_as_the_station_recorded_it(home: Home, garage: Station) -> None:
    home.price("0.30")
    home.shine(250)
    truth = await home.charge(garage, minutes=45)

    [told] = await home.sessions()

    assert_equal(told, truth, "GARAGE")
    assert (told["evse"], told["connector"]) == (1, 1)
    assert (told["card"], told["person"], told["group"]) == ("Ada's fob", "Ada", None)
    assert told["token"] == "…E6F7"
    assert told["cost"] == round(truth.energy * 0.03) / 100
    assert told["currency"] == "EUR"
    assert told["sun"] == pytest.approx(truth.energy / 4, abs=1)
    assert told["peak_power"] > 3000
    assert told["flags"] == []
    assert told["days"] == [
        {"day": "2026-09-14", "energy": truth.energy, "cost": told["cost"], "sun": told["sun"]},
    ]
    assert "signed_meter_values" not in told


async def test_the_newest_come_first_and_only_those_that_are_asked_for(
    home: Home, garage: Station, yard: Station
) -> None:
    truths = [
        await home.charge(garage, ADA, minutes=10),
        await home.charge(yard, BOB, minutes=10),
        await home.charge(yard, ADA, connector=2, minutes=10),
    ]
    begins = [truth.started for truth in truths]

    async def begun(target: dict[str, Any] | None = None, /, **fields: Any) -> list[int]:
        found = await home.sessions(target, **fields)
        return [begins.index(moment(one["begin"])) for one in found]

    assert await begun() == [2, 1, 0]
    assert await begun(limit=2) == [2, 1]
    assert await begun(person="Ada") == [2, 0]
    assert await begun(card="Bob's card") == [1]
    assert await begun({"device_id": home.device("garage")}) == [0]
    assert await begun({"device_id": home.device("yard")}) == [2, 1]
    assert await begun({"device_id": home.device("yard/2")}) == [2]
    assert await begun({"device_id": [home.device("yard/2"), home.device("yard"), home.device("garage")]}) == [2, 1, 0]
    assert await begun({"device_id": home.device("yard")}, person="Ada") == [2]
    assert await begun(since=(begins[2] + timedelta(seconds=1)).isoformat()) == [2]
    assert await begun(until=begins[1].isoformat()) == [0]
    assert await begun(flags=["offline"]) == []
    assert await begun(running=True) == []

    await garage.start(BOB)
    assert len(await home.sessions(running=True)) == 1
    assert await begun(running=False) == [2, 1, 0]


async def test_a_running_session_is_listed_with_what_it_came_to_so_far(home: Home, garage: Station) -> None:
    home.price("0.30")
    await garage.start()
    await home.wait(minutes=20)

    [told] = await home.sessions()

    assert told["flags"] == ["running"]
    assert told["end"] is None
    assert told["duration"] == 1200
    assert told["energy"] > 1000
    assert told["cost"] == round(told["energy"] * 0.03) / 100


async def test_what_happened_offline_is_listed_and_flagged(home: Home, garage: Station) -> None:
    await garage.go_offline()
    truth = await home.charge(garage, minutes=20)
    assert await home.sessions() == []
    await garage.go_online()

    [told] = await home.sessions(flags=["offline"])

    assert_equal(told, truth, "GARAGE")
    assert told["flags"] == ["offline"]


async def test_signed_meter_values_are_given_as_they_came(home: Home) -> None:
    signed = 'OCMF|{"FV":"1.0"}|{"SD":"3045"}'
    async with home.station() as garage:
        transaction = await garage.start()
        await home.wait(seconds=47)
        register = transaction.meter_start + 100
        samples = [{"value": str(register)}, {"value": signed, "format": "SignedData"}]
        value = {"timestamp": stamp(home.clock.now()), "sampledValue": samples}
        about = {"connectorId": 1, "transactionId": transaction.id, "meterValue": [value]}
        await garage.send("MeterValues", about)
        await garage.stop()

        [told] = await home.sessions(signed_meter_values=True)

    assert told["signed_values"] == 1
    [reading] = told["signed_meter_values"]
    assert (reading["signed"], reading["value"]) == (signed, register)
    assert moment(reading["at"]) == home.clock.now()


async def test_numbers_of_cards_are_shown_whole_where_the_owner_wants_that(home: Home, garage: Station) -> None:
    await home.charge(garage, minutes=5)
    home.hass.config_entries.async_update_entry(home.entry, options={**home.entry.options, CONF_SHOW_NUMBERS: True})
    await home.hass.async_block_till_done()

    [told] = await home.sessions()

    assert told["token"] == ADA


async def test_the_sessions_of_a_station_that_was_removed_are_still_listed(home: Home) -> None:
    async with home.station() as garage:
        truth = await home.charge(garage, minutes=5)
    subentry = next(key for key, one in home.entry.subentries.items() if one.title == "Garage")
    home.hass.config_entries.async_remove_subentry(home.entry, subentry)
    await home.hass.async_block_till_done()

    [told] = await home.sessions()

    assert_equal(told, truth, "GARAGE")
    assert told["token"] == "…E6F7"


async def test_only_administrators_may_ask(home: Home, hass_read_only_user: MockUser) -> None:
    for action in ("list_sessions", "export_sessions"):
        with pytest.raises(Unauthorized):
            await home.hass.services.async_call(
                DOMAIN,
                action,
                blocking=True,
                return_response=True,
                context=Context(user_id=hass_read_only_user.id),
            )


async def test_a_target_that_is_nothing_of_ours_is_an_error(home: Home) -> None:
    with pytest.raises(ServiceValidationError):
        await home.sessions({"area_id": "attic"})


async def test_sessions_of_all_days_are_there(home: Home) -> None:
    truths = []
    for day in range(3):
        await home.leap(BEGIN + timedelta(days=day, hours=1))
        async with home.station() as garage:
            truths.append(await home.charge(garage, minutes=3))
    assert home.clock.now().astimezone(UTC).day == BEGIN.day + 2
    for told, truth in zip(await home.sessions(), reversed(truths), strict=True):
        assert_equal(told, truth, "GARAGE")
