"""Lines of the logbook: what people read of a day."""

from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Event, HomeAssistant, callback
import pytest

from custom_components.ocpp_home.const import EVENT_CARD_REFUSED, EVENT_SESSION_ENDED, EVENT_SESSION_STARTED, Admission
from custom_components.ocpp_home.csms.model.token import Decision
from custom_components.ocpp_home.journal import MOST
from custom_components.ocpp_home.logbook import async_describe_events
from tests.household import station_data
from tests.simulator import Station

from .home import ADA, BOB, Home

KINDS = (EVENT_SESSION_STARTED, EVENT_SESSION_ENDED, EVENT_CARD_REFUSED)


@pytest.fixture
def told(hass: HomeAssistant) -> list[Event[Any]]:
    """The events that were fired."""
    events: list[Event[Any]] = []

    @callback
    def hear(event: Event[Any]) -> None:
        events.append(event)

    for kind in KINDS:
        hass.bus.async_listen(kind, hear)
    return events


def lines(hass: HomeAssistant, events: list[Event[Any]]) -> list[tuple[str, str]]:
    """Name and message of each event in the logbook."""
    known: dict[str, Any] = {}
    async_describe_events(hass, lambda domain, kind, describe: known.update({kind: describe}))
    told = [known[event.event_type](event) for event in events]
    return [(line["name"], line["message"]) for line in told]


async def test_who_charged_how_much_and_for_how_much(home: Home, garage: Station, told: list[Event[Any]]) -> None:
    home.price("0.30")
    truth = await home.charge(garage, minutes=65)
    kwh, cost = truth.energy / 1000, round(truth.energy * 0.03) / 100

    assert lines(home.hass, told) == [
        ("Ada", "started charging at Garage"),
        ("Ada", f"finished charging at Garage: {kwh:.2f} kWh in 1:05 h for {cost:.2f} EUR"),
    ]
    assert [event.data["device_id"] for event in told] == [home.device("garage")] * 2
    assert told[1].data["energy"] == truth.energy
    assert told[1].data["token"] == "…E6F7"
    assert told[1].data["late"] is False


async def test_of_several_evses_it_is_told_which_one(home: Home, yard: Station, told: list[Event[Any]]) -> None:
    await home.charge(yard, BOB, connector=2, minutes=2)
    assert lines(home.hass, told)[0] == ("Bob", "started charging at Yard 2")
    assert told[0].data["device_id"] == home.device("yard/2")


@pytest.mark.parametrize(
    ("seconds", "span"), [(44.8, "44 s"), (60, "1 min"), (3599, "59 min"), (3600, "1:00 h"), (90_000, "25:00 h")]
)
def test_how_long_it_took_is_told_as_people_say_it(hass: HomeAssistant, seconds: float, span: str) -> None:
    ended = Event[Any](EVENT_SESSION_ENDED, {"station": "Garage", "person": "Ada", "duration": seconds, "energy": 541})
    assert lines(hass, [ended]) == [("Ada", f"finished charging at Garage: 0.54 kWh in {span}")]


async def test_a_stranger_is_somebody_and_what_is_told_late_says_so(
    home: Home, garage: Station, told: list[Event[Any]]
) -> None:
    await garage.go_offline()
    await home.charge(garage, "STRANGER-1", minutes=20)
    await garage.go_online()
    await home.hass.async_block_till_done()
    said = lines(home.hass, told)
    assert said[0] == ("Somebody", "started charging at Garage (while there was no connection)")
    assert said[1][0] == "Somebody"
    assert said[1][1].startswith("finished charging at Garage: ")
    assert "STRANGER-1" not in str([event.data for event in told])


async def test_a_refused_card_is_told_by_its_name_or_its_end(home: Home, told: list[Event[Any]]) -> None:
    carport = station_data("CARPORT", "Carport", admittance=Admission.REFUSE.value)
    home.hass.config_entries.async_add_subentry(home.entry, ConfigSubentry(**carport))
    fob = home.entry.subentries[home.card("Ada's fob")]
    home.hass.config_entries.async_update_subentry(home.entry, fob, data={**fob.data, "active": False})
    await home.hass.async_block_till_done()
    async with home.station("CARPORT") as station:
        assert await station.present_card(ADA) != "Accepted"
        assert await station.present_card("9999BBBB7777AAAA") != "Accepted"
        await home.hass.async_block_till_done()
    said = lines(home.hass, told)
    assert said == [
        ("Carport", "refused the card Ada's fob: it is not active"),
        ("Carport", "refused the unknown card …AAAA"),
    ]
    assert "9999BBBB7777AAAA" not in str([event.data for event in told])


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"valid_until": "2026-09-13"}, "its time is over"),
        ({"valid_from": "2026-09-15"}, "it may not charge at this time"),
        ({"from": "22:00:00", "to": "06:00:00"}, "it may not charge at this time"),
        ({"stations": ["YARD"]}, "it may not charge at this place"),
    ],
)
async def test_why_a_card_was_refused_is_told_in_words(
    home: Home, garage: Station, told: list[Event[Any]], rules: dict[str, Any], why: str
) -> None:
    fob = home.entry.subentries[home.card("Ada's fob")]
    home.hass.config_entries.async_update_subentry(home.entry, fob, data={**fob.data, **rules})
    await home.hass.async_block_till_done()
    assert await garage.present_card(ADA) != "Accepted"
    await home.hass.async_block_till_done()
    assert lines(home.hass, told) == [("Garage", f"refused the card Ada's fob: {why}")]


def test_every_answer_that_refuses_has_words_of_its_own(hass: HomeAssistant) -> None:
    refusals = [one for one in Decision if one is not Decision.ACCEPTED]
    facts = [{"station": "Garage", "card": "Fob", "decision": one.value} for one in refusals]
    said = [message for _, message in lines(hass, [Event(EVENT_CARD_REFUSED, fact) for fact in facts])]
    assert len(set(said)) == len(refusals)
    assert not [one.value for one, message in zip(refusals, said, strict=True) if one.value in message]
    odd: Event[Any] = Event(
        EVENT_CARD_REFUSED, {"station": "Garage", "token": "…AA", "decision": "OutOfMood", "late": True}
    )
    assert lines(hass, [odd])[0][1] == "refused the unknown card …AA: out of mood (while there was no connection)"


async def test_a_station_that_goes_mad_does_not_flood_the_logbook(home: Home, told: list[Event[Any]]) -> None:
    fob = home.entry.subentries[home.card("Ada's fob")]
    home.hass.config_entries.async_update_subentry(home.entry, fob, data={**fob.data, "active": False})
    async with home.station() as garage:
        for _ in range(MOST + 5):
            await garage.send("Authorize", {"idTag": ADA})
        await home.hass.async_block_till_done()
        assert len(told) == MOST
        await home.wait(minutes=2)
        await garage.send("Authorize", {"idTag": ADA})
        await home.hass.async_block_till_done()
    assert len(told) == MOST + 1
    assert home.hub.stations["garage"].counters["line not written"] == 5
