"""Where nobody needs a card a car that is plugged in charges: once, and not against anybody's will."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.welcome import GRACE, HELD, Welcome, due, greeted
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.evse import Evse, Status
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import OWNER, PAUSE, Identity, Station
from custom_components.ocpp_home.csms.model.token import Decision, Token
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from custom_components.ocpp_home.csms.v2.remote import Remote as SecondRemote
from tests.csms.peer import Peer
from tests.csms.stage import NOW
from tests.csms.v1.bench import Pauses, until

FREE = Policy(Unknown.REFUSE, free=True)
START = "RemoteStartTransaction"


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
async def welcome(station: Station, peer: Peer, call: Caller, pauses: Pauses) -> AsyncIterator[Welcome]:
    """A free station that starts when it is told to."""
    peer.answers[START] = {"status": "Accepted"}
    station.settings.policy = FREE
    station.connect("1.6", Commands(Remote(station, call), Configuration(station, call)))
    welcome = Welcome(station, pauses)
    welcome.begin()
    yield welcome
    welcome.close()


def at(station: Station, status: Status, number: int = 1) -> Evse:
    """The EVSE tells a status."""
    evse = station.evse(number)
    evse.status = status
    station.changed(evse)
    return evse


def begin(station: Station, token: str | None = "CARD") -> None:
    """A session has begun at the first EVSE."""
    evse = station.evse(1)
    evse.transaction = station.ledger.start(Opening(station.name, 1, 1, token, NOW, 0.0))
    station.emit(Event(Kind.SESSION_STARTED, NOW, 1, {"transaction": evse.transaction.id, "token": token}))


def end(station: Station, reason: str = "Local", *, live: bool = True) -> None:
    """It has ended."""
    evse = station.evse(1)
    evse.transaction = None
    station.emit(Event(Kind.SESSION_ENDED, NOW, 1, {"reason": reason}, live=live))


async def rest() -> None:
    """Let everybody do what they are about to do."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.usefixtures("welcome")
async def test_a_car_that_is_plugged_in_charges_with_the_token_of_the_home(
    station: Station, peer: Peer, pauses: Pauses
) -> None:
    at(station, Status.PREPARING)
    await rest()
    assert peer.asked == [], "the station may do so itself"
    await pauses.over(GRACE)
    await until(lambda: peer.asked)
    assert peer.asked == [(START, {"connectorId": 1, "idTag": "HomeAssistant"})]
    assert greeted(station) == [1]


async def test_a_car_that_was_there_before_charges_when_the_station_is_ready(
    station: Station, peer: Peer, call: Caller, pauses: Pauses
) -> None:
    peer.answers[START] = {"status": "Accepted"}
    station.settings.policy = FREE
    station.connect("1.6", Commands(Remote(station, call), Configuration(station, call)))
    welcome = Welcome(station, pauses)
    at(station, Status.PREPARING)
    await rest()
    assert pauses.asked == []
    welcome.begin()
    await pauses.over(GRACE)
    await until(lambda: peer.asked)
    welcome.close()


@pytest.mark.usefixtures("welcome")
async def test_a_session_that_begins_by_itself_is_not_begun_again_when_it_was_stopped(
    station: Station, peer: Peer, pauses: Pauses
) -> None:
    at(station, Status.PREPARING)
    begin(station)
    await pauses.over(GRACE)
    end(station)
    at(station, Status.PREPARING)
    await rest()
    assert (peer.asked, pauses.asked, greeted(station)) == ([], [GRACE], [1])


@pytest.mark.usefixtures("welcome")
@pytest.mark.parametrize("status", [Status.CHARGING, Status.FINISHING])
async def test_what_has_charged_or_waited_in_vain_is_not_started(
    station: Station, pauses: Pauses, status: Status
) -> None:
    at(station, status)
    at(station, Status.PREPARING)
    await rest()
    assert pauses.asked == []


@pytest.mark.usefixtures("welcome")
@pytest.mark.parametrize("leave", [lambda one: at(one, Status.AVAILABLE), lambda one: end(one, "EVDisconnected")])
async def test_the_next_car_charges_again(
    station: Station, peer: Peer, pauses: Pauses, leave: Callable[[Station], Any]
) -> None:
    at(station, Status.PREPARING)
    await pauses.over(GRACE)
    await until(lambda: peer.asked)
    leave(station)
    assert greeted(station) == []
    at(station, Status.PREPARING)
    await pauses.over(GRACE)
    await until(lambda: len(peer.asked) == 2)


@pytest.mark.usefixtures("welcome")
async def test_a_car_that_leaves_in_time_is_not_waited_for(station: Station, peer: Peer, pauses: Pauses) -> None:
    at(station, Status.PREPARING)
    await rest()
    at(station, Status.AVAILABLE)
    await pauses.over(GRACE)
    await rest()
    assert peer.asked == []


@pytest.mark.usefixtures("welcome")
async def test_a_session_that_is_told_late_is_not_of_the_car_that_is_there(station: Station, pauses: Pauses) -> None:
    end(station, live=False)
    at(station, Status.PREPARING)
    await rest()
    assert pauses.asked == [GRACE]


@pytest.mark.usefixtures("welcome")
@pytest.mark.parametrize(
    ("number", "decision", "welcome_all_the_same"),
    [(0, Decision.BLOCKED, False), (1, Decision.EXPIRED, False), (2, Decision.BLOCKED, True), (0, "Invalid", True)],
)
async def test_whose_card_is_refused_does_not_charge_as_a_stranger(
    station: Station, peer: Peer, pauses: Pauses, number: int, decision: str, welcome_all_the_same: bool
) -> None:
    at(station, Status.PREPARING)
    at(station, Status.AVAILABLE, 2)
    station.emit(Event(Kind.CARD_REFUSED, NOW, number, {"token": "CARD", "decision": decision}))
    await pauses.over(GRACE)
    await rest()
    assert bool(peer.asked) is welcome_all_the_same


@pytest.mark.usefixtures("welcome")
async def test_somebody_whose_card_was_accepted_has_time_to_plug_in(
    station: Station, peer: Peer, pauses: Pauses
) -> None:
    station.emit(Event(Kind.CARD_ACCEPTED, datetime.now(UTC), 0, {"token": "CARD"}))
    at(station, Status.PREPARING)
    await pauses.over(GRACE)
    await pauses.over(HELD)
    await until(lambda: peer.asked)


@pytest.mark.usefixtures("welcome")
async def test_a_card_of_long_ago_is_not_waited_for(station: Station, peer: Peer, pauses: Pauses) -> None:
    station.emit(Event(Kind.CARD_ACCEPTED, datetime.now(UTC) - timedelta(seconds=HELD), 0, {"token": "CARD"}))
    at(station, Status.PREPARING)
    await pauses.over(GRACE)
    await until(lambda: peer.asked)
    assert pauses.asked == [GRACE]


@pytest.mark.usefixtures("welcome")
async def test_the_pause_a_station_needs_between_two_sessions_is_kept(
    station: Station, peer: Peer, pauses: Pauses
) -> None:
    station.identify(Identity(vendor="FoxESS"))
    now = datetime.now(UTC)
    known = station.ledger.start(Opening("CP1", 1, 1, "A", now, 0.0))
    station.ledger.stop(known, Closing(now, 1.0))
    station.evse(1).previous = known
    at(station, Status.PREPARING)
    await pauses.over(GRACE)
    await until(lambda: len(pauses.asked) == 2)
    assert pauses.asked[1] == pytest.approx(300.0, abs=5.0)
    station.evse(1).previous = None
    await pauses.over(pauses.asked[1])
    await until(lambda: peer.asked)


@pytest.mark.usefixtures("welcome")
async def test_a_refused_start_is_not_repeated(station: Station, peer: Peer, pauses: Pauses) -> None:
    peer.answers[START] = {"status": "Rejected"}
    at(station, Status.PREPARING)
    await pauses.over(GRACE)
    await until(lambda: station.counters)
    at(station, Status.PREPARING)
    await rest()
    assert (station.counters, pauses.asked) == ({"free session: Refused": 1}, [GRACE])


@pytest.mark.usefixtures("welcome")
async def test_a_start_that_nobody_heard_is_left_to_the_next_connection(
    station: Station, peer: Peer, pauses: Pauses
) -> None:
    at(station, Status.PREPARING)
    await rest()
    station.connected = False
    await pauses.over(GRACE)
    await rest()
    assert (peer.asked, greeted(station)) == ([], [])


async def test_where_cards_are_needed_nothing_begins(
    station: Station, welcome: Welcome, peer: Peer, pauses: Pauses
) -> None:
    station.settings.policy = Policy()
    at(station, Status.PREPARING)
    begin(station)
    end(station)
    assert (pauses.asked, greeted(station)) == ([], [])
    station.settings.policy = FREE
    station.changed(station)
    await pauses.over(GRACE)
    await until(lambda: peer.asked)


async def test_when_the_connection_has_ended_nothing_begins(station: Station, pauses: Pauses) -> None:
    station.settings.policy = FREE
    welcome = Welcome(station, pauses)
    welcome.begin()
    at(station, Status.PREPARING)
    await until(lambda: pauses.asked)
    welcome.close()
    await rest()
    at(station, Status.PREPARING)
    await rest()
    assert pauses.asked == [GRACE]


def test_what_is_remembered_and_cannot_be_read_is_nothing(station: Station) -> None:
    station.keep("greeted", "odd")
    assert greeted(station) == []
    station.keep("greeted", [1, "2"])
    assert greeted(station) == [1]


def _wish(source: str, amps: float) -> Callable[[Station, Evse], Any]:
    return lambda station, evse: evse.limits.wish(source, amps)


def _reserve(seconds: float) -> Callable[[Station, Evse], Any]:
    held = Reservation(1, 1, "CARD", NOW + timedelta(seconds=seconds))
    return lambda station, evse: setattr(evse, "reservation", held)


def _own(**rules: Any) -> Callable[[Station, Evse], Any]:
    """The token of the home is a card."""
    card = Card(Token("HomeAssistant"), **rules)
    return lambda station, evse: station.household.admit(Cards((card,)), FREE)


def _without_cards(station: Station, evse: Evse) -> None:
    station.variables.put(Variable(VariableKey("AuthCtrlr", "Enabled"), "false"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda station, evse: None, True),
        (lambda station, evse: setattr(station, "held_back", 1), False),
        (lambda station, evse: setattr(evse, "status", Status.AVAILABLE), False),
        (lambda station, evse: setattr(evse, "status", Status.UNAVAILABLE), False),
        (lambda station, evse: setattr(evse, "plugged_hint", False), False),
        (lambda station, evse: setattr(evse, "operative", False), False),
        (lambda station, evse: setattr(station, "operative", False), False),
        (lambda station, evse: setattr(station.settings, "policy", replace(FREE, free=False)), False),
        (lambda station, evse: station.keep("greeted", [1]), False),
        (lambda station, evse: station.keep("greeted", [2]), True),
        (_wish(OWNER, 0.0), False),
        (_wish(PAUSE, 0.0), False),
        (_wish(OWNER, 10.0), True),
        (_wish("solar", 0.0), True),
        (_reserve(1.0), False),
        (_reserve(0.0), True),
        (_own(), True),
        (_own(active=False), False),
        (_without_cards, False),
    ],
)
def test_a_session_is_due_where_nothing_and_nobody_is_against_it(
    station: Station, change: Callable[[Station, Evse], Any], expected: bool
) -> None:
    station.settings.policy = FREE
    evse = at(station, Status.PREPARING)
    change(station, evse)
    assert due(station, evse, NOW) is expected


@pytest.mark.parametrize(
    ("remote", "token", "expected"),
    [
        (Remote, "CARD", False),
        (Remote, None, False),
        (SecondRemote, "CARD", False),
        (SecondRemote, None, True),
        (None, None, False),
    ],
)
def test_a_session_of_a_cable_alone_waits_for_somebody_where_it_gets_its_card_later(
    station: Station, call: Caller, remote: type[Remote | SecondRemote] | None, token: str | None, expected: bool
) -> None:
    station.settings.policy = FREE
    if remote is not None:
        station.connect("1.6", Commands(remote(station, call), Configuration(station, call)))
    evse = at(station, Status.PREPARING)
    evse.transaction = station.ledger.start(Opening(station.name, 1, 1, token, NOW, 0.0))
    assert due(station, evse, NOW) is expected
