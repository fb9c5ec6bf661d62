"""Somebody is forgotten: in the records, in the calendar, among the cards, and at the stations."""

from datetime import UTC, datetime, timedelta

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.ocpp_home.const import CONF_PUBLISH_INTERVAL, DOMAIN
from custom_components.ocpp_home.csms.model.account import Holder
from custom_components.ocpp_home.csms.model.booking import Booking
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, simulated, station_data, until
from tests.sessions.home import ADA, BOB, card

pytestmark = pytest.mark.usefixtures("socket_enabled")

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOON = timedelta(hours=1)


@pytest.fixture
async def hub(hass: HomeAssistant) -> Hub:
    """Two stations, Ada and Bob, a session of each that has ended, and one of Ada's that runs."""
    people = card(ADA, "Fob of Ada", "Ada"), card(BOB, "Card of Bob", "Bob")
    stations = station_data("OLD"), station_data("NEW")
    hub = await set_up(hass, hub_entry(*stations, *people, options={CONF_PUBLISH_INTERVAL: 0}))
    for number, (token, person) in enumerate(((ADA, "Ada"), (BOB, "Bob"), (ADA, "Ada"))):
        begun = hub.ledger.start(Opening("OLD", 1, 1, token, NOON + number * SOON, 0.0, id=f"T{number}"))
        hub.ledger.hold(begun, Holder(f"Card of {person}", person))
        if number < 2:
            hub.ledger.stop(begun, Closing(stopped=NOON + (number + 0.5) * SOON, meter_stop=9000, received=NOON))
    now = datetime.now(UTC)
    later = Reservation(5, 1, ADA, now + 2 * SOON), Reservation(6, 1, BOB, now + 3 * SOON)
    for reservation in later:
        hub.stations["new"].agenda.book(Booking(reservation, reservation.until - SOON), now)
    return hub


async def forget(hass: HomeAssistant, **whom: str) -> dict[str, object]:
    """What is told of forgetting somebody."""
    answer = await hass.services.async_call(DOMAIN, "forget_person", whom, blocking=True, return_response=True)
    assert answer is not None
    told = answer["OCPP Home"]
    assert isinstance(told, dict)
    return dict(told)


async def test_a_person_is_forgotten_everywhere(hass: HomeAssistant, hub: Hub) -> None:
    async with (
        simulated(hub.entry, "OLD"),  # type: ignore[arg-type]  # it is the one of the test
        simulated(hub.entry, "NEW", version="2.0.1") as new,  # type: ignore[arg-type]  # it is the one of the test
    ):
        await until(lambda: all(station.connected for station in hub.stations.values()))
        told = await forget(hass, person="Ada")
        assert told == {
            "sessions": 1,
            "still_running": ["T2"],
            "reservations": 1,
            "cards": 1,
            "stations": {"OLD": "not_supported", "NEW": "forgotten"},
        }
        (asked,) = new.asked("CustomerInformation")
        assert (asked["idToken"]["idToken"], asked["clear"], asked["report"]) == (ADA, True, False)
        assert hub.ledger.holder(Token(ADA), NOON) is None
        assert hub.ledger.holder(Token(BOB), NOON) == Holder("Card of Bob", "Bob")
    await hass.async_block_till_done()
    assert [one.name for one in hub.central.household.cards] == ["Card of Bob"]
    assert [one.reservation.token for one in hub.stations["new"].agenda] == [BOB]
    sessions = {one.id: (one.token, one.person, one.energy) for one in await hub.ledger.transactions("OLD")}
    assert sessions == {"T0": (None, None, 9000), "T1": (BOB, "Bob", 9000), "T2": (ADA, "Ada", None)}


async def test_a_station_that_is_away_forgets_when_it_returns(hass: HomeAssistant, hub: Hub) -> None:
    told = await forget(hass, card="Fob of Ada")
    assert told["stations"] == {"OLD": "waits", "NEW": "waits"}
    async with simulated(hub.entry, "NEW", version="2.0.1") as new:  # type: ignore[arg-type]  # it is the one of the test
        await until(lambda: new.asked("CustomerInformation"))
        await until(lambda: hub.ledger.recall("NEW", "to_forget") is None)


async def test_of_a_person_without_a_card_stations_know_nothing(hass: HomeAssistant, hub: Hub) -> None:
    told = await forget(hass, person="Cleo")
    assert (told["sessions"], told["cards"]) == (0, 0)
    assert told["stations"] == {"OLD": "no_card", "NEW": "no_card"}


async def test_it_must_be_said_who_and_by_an_administrator(hass: HomeAssistant, hub: Hub) -> None:
    with pytest.raises(ServiceValidationError) as nobody:
        await forget(hass)
    assert nobody.value.translation_key == "who_is_forgotten"
    resident = MockUser(is_owner=False).add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, "forget_person", {"person": "Ada"}, blocking=True, context=Context(user_id=resident.id)
        )
