"""What is written into a calendar, the station keeps; what the station says, the calendar shows."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.model.booking import Booking
from custom_components.ocpp_home.csms.model.reservation import Reservation
from tests.household import until
from tests.sessions.home import ADA, BOB
from tests.simulator import Oddities, Station

from .conftest import Home

NEVER: dict[str, Any] = {"ReserveNow": {"status": "Rejected"}}
TAKEN: dict[str, Any] = {"ReserveNow": {"status": "Occupied"}}


def reserved(station: Station) -> str | None:
    """For whom the station keeps its EVSE."""
    kept = station.connectors[1].reservation
    return None if kept is None else kept.tag


async def test_a_reservation_is_told_a_minute_before_it_begins(home: Home, station: Station) -> None:
    assert await home.write(2, 4) == ""
    assert (home.calendar.state, home.calendar.attributes["stage"]) == ("off", "planned")
    await home.go(1.9)
    assert reserved(station) is None
    await home.go(2 - 1 / 60)
    await until(lambda: reserved(station) == ADA)
    await home.go(2)
    await until(lambda: home.calendar.state == "on" and home.calendar.attributes["stage"] == "held")
    assert home.calendar.attributes["message"] == "Ada"
    assert len(station.asked("ReserveNow")) == 1


@pytest.mark.parametrize(
    ("summary", "description", "token"),
    [
        ("Card of Bob", "", BOB),
        ("Visit", "for bob, who brings the van", BOB),
        ("Visit", BOB.lower(), BOB),
        ("Visit", "", "HomeAssistant"),
    ],
)
async def test_it_is_for_whom_its_words_name(home: Home, summary: str, description: str, token: str) -> None:
    async with home.station() as station:
        await home.ready()
        assert await home.write(0, 1, summary, description=description) == ""
        assert reserved(station) == token
        (shown,) = await home.events()
        assert shown["summary"] == summary


async def test_who_holds_the_card_uses_it_and_nobody_else(home: Home, station: Station) -> None:
    await home.write(0, 2)
    await until(lambda: reserved(station) == ADA)
    await home.go(0.5)
    assert await station.present_card(BOB) != "Accepted"
    await station.start(ADA)
    await until(lambda: home.stages == ["used"])
    assert home.calendar.state == "off"
    assert home.garage.evses[1].reservation is None
    (shown,) = await home.events()
    assert shown["end"] == "2026-09-14T08:30:00+02:00"


async def test_nobody_comes(home: Home, station: Station) -> None:
    await home.write(0, 1)
    await until(lambda: reserved(station) == ADA)
    await home.go(1.1)
    await until(lambda: home.stages == ["expired"])
    assert (home.calendar.state, reserved(station)) == ("off", None)
    assert home.garage.evses[1].reservation is None


async def test_what_is_deleted_is_cancelled(home: Home, station: Station) -> None:
    await home.write(0, 2)
    await until(lambda: reserved(station) == ADA)
    assert (await home.say("delete", uid=home.uid))["success"]
    await until(lambda: reserved(station) is None)
    assert len(station.asked("CancelReservation")) == 1
    assert await home.events() == []
    assert home.calendar.state == "off"


async def test_what_is_changed_the_station_is_told_anew(home: Home, station: Station) -> None:
    await home.write(0, 2)
    await until(lambda: reserved(station) == ADA)
    longer = {"dtstart": home.at(0).isoformat(), "dtend": home.at(3).isoformat(), "summary": "Bob"}
    assert (await home.say("update", uid=home.uid, event=longer))["success"]
    await until(lambda: reserved(station) == BOB)
    assert len(station.asked("ReserveNow")) == 2
    later = longer | {"dtstart": home.at(2).isoformat()}
    assert (await home.say("update", uid=home.uid, event=later))["success"]
    await until(lambda: reserved(station) is None)
    assert home.stages == ["planned"]
    await home.go(2)
    await until(lambda: reserved(station) == BOB)


async def test_what_is_reserved_for_any_place_stays_so_when_it_is_changed(home: Home, station: Station) -> None:
    anywhere = Booking(Reservation(7, 0, ADA, home.at(4)), home.at(3), "Ada")
    home.garage.agenda.book(anywhere, home.at(0))
    later = {"dtstart": home.at(5).isoformat(), "dtend": home.at(6).isoformat(), "summary": "Bob"}
    assert (await home.say("update", uid="7", event=later))["success"]
    [booking] = home.garage.agenda
    assert (booking.evse, booking.begin, booking.reservation.token) == (0, home.at(5), BOB)
    await home.go(5)
    await until(lambda: station.asked("ReserveNow"))
    [asked] = station.asked("ReserveNow")
    assert asked.get("connectorId", asked.get("evseId")) in {0, None}


async def test_a_station_that_forgets_is_told_again_after_it_has_started(home: Home, station: Station) -> None:
    await home.write(0, 2)
    await until(lambda: home.stages == ["held"])
    station.connectors[1].reservation = None
    await station.boot()
    await until(lambda: reserved(station) == ADA)
    await station.settle()
    await home.go(0.1)
    await until(lambda: reserved(station) == ADA and home.stages == ["held"])


async def test_a_station_that_was_away_is_told_when_it_returns(home: Home) -> None:
    async with home.station():
        await home.ready()
        assert await home.write(1, 3) == ""
    await until(lambda: not home.garage.connected)
    await home.go(2)
    assert home.calendar.state == "on"
    async with home.station() as station:
        await until(lambda: reserved(station) == ADA)
        await station.settle()


async def test_a_station_that_stays_away_has_missed_it(home: Home) -> None:
    async with home.station():
        await home.ready()
        await home.write(1, 3)
    await home.go(4)
    async with home.station() as station:
        await until(lambda: home.stages == ["missed"])
        assert station.asked("ReserveNow") == []
        await station.settle()


async def test_reservations_are_there_after_a_restart_also_while_the_station_is_away(
    hass: HomeAssistant, home: Home
) -> None:
    async with home.station() as station:
        await home.ready()
        await home.write(0, 2)
        await home.write(3, 4, "Bob")
        await until(lambda: reserved(station) == ADA)
    await hass.config_entries.async_unload(home.entry.entry_id)
    await hass.async_block_till_done()
    assert home.calendar.state == "unavailable"
    assert await hass.config_entries.async_setup(home.entry.entry_id)
    await hass.async_block_till_done()
    home.hub = home.entry.runtime_data
    assert home.calendar.state == "on"
    assert [event["summary"] for event in await home.events()] == ["Ada", "Bob"]
    assert home.garage.evses[1].reservation is not None


async def test_a_refusal_of_what_begins_now_is_told_at_once(home: Home) -> None:
    async with home.station(oddities=Oddities(answers=NEVER)):
        await home.ready()
        assert "Rejected" in await home.write(0, 1)
        assert await home.events() == []


async def test_a_refusal_of_what_was_planned_is_a_repair_until_the_station_takes_it(
    hass: HomeAssistant, home: Home
) -> None:
    issues = ir.async_get(hass)
    issue = f"{home.hub.subentry_id(home.garage)}_reservation_refused_1"
    async with home.station(oddities=Oddities(answers=dict(TAKEN))) as station:
        await home.ready()
        await home.write(1, 3)
        await home.go(1)
        await until(lambda: issues.async_get_issue(DOMAIN, issue) is not None)
        found = issues.async_get_issue(DOMAIN, issue)
        assert found is not None
        assert found.translation_placeholders is not None
        assert found.translation_placeholders["reason"] == "Occupied"
        assert (home.calendar.attributes["stage"], home.calendar.attributes["reason"]) == ("planned", "Occupied")
        station.oddities.answers.clear()  # type: ignore[attr-defined]  # a dict of this test
        await home.go(1.1)
        await until(lambda: reserved(station) == ADA)
        await until(lambda: issues.async_get_issue(DOMAIN, issue) is None)


async def test_a_station_that_breaks_keeps_the_place_when_it_works_again(home: Home, station: Station) -> None:
    await home.write(0, 3)
    await until(lambda: reserved(station) == ADA)
    await station.fault()
    await until(lambda: home.stages == ["planned"])
    await station.clear_fault()
    await home.go(0.1)
    await until(lambda: reserved(station) == ADA and home.stages == ["held"])


@pytest.mark.parametrize(
    ("begin", "until_", "more", "wrong"),
    [
        (1.5, 2.5, {}, "It is reserved already from 2026-09-14 09:00 until 2026-09-14 10:00"),
        (-3, -1, {}, "That time is over"),
        (5, 6, {"rrule": "FREQ=DAILY"}, "Reservations cannot repeat by themselves."),
    ],
)
async def test_what_cannot_be_is_refused_in_plain_words(
    home: Home, begin: float, until_: float, more: dict[str, str], wrong: str
) -> None:
    async with home.station():
        await home.ready()
        assert await home.write(1, 2) == ""
        assert (await home.write(begin, until_, "Bob", **more)).startswith(wrong)
        assert await home.write(2, 3, "Bob") == ""
        assert home.stages == ["planned", "planned"]


async def test_whole_days_begin_at_midnight_here(home: Home) -> None:
    async with home.station():
        await home.ready()
        event = {"dtstart": "2026-09-16", "dtend": "2026-09-17", "summary": "Ada"}
        assert (await home.say("create", event=event))["success"]
        (shown,) = await home.events()
        assert (shown["start"], shown["end"]) == ("2026-09-16T00:00:00+02:00", "2026-09-17T00:00:00+02:00")


@pytest.mark.parametrize("uid", ["815", "nonsense"])
async def test_what_is_not_there_cannot_be_deleted(home: Home, uid: str) -> None:
    async with home.station():
        await home.ready()
        answer = await home.say("delete", uid=uid)
        assert answer["error"]["message"] == "Nothing is reserved at GARAGE"


async def test_what_has_been_cannot_be_changed_but_taken_away(home: Home) -> None:
    async with home.station() as station:
        await home.ready()
        await home.write(0, 2)
        await station.start(ADA)
        await until(lambda: home.stages == ["used"])
        event = {"dtstart": home.at(1).isoformat(), "dtend": home.at(3).isoformat(), "summary": "Bob"}
        answer = await home.say("update", uid=home.uid, event=event)
        assert answer["error"]["message"] == "That time is over"
        assert (await home.say("delete", uid=home.uid))["success"]
        assert await home.events() == []
        assert station.asked("CancelReservation") == []
