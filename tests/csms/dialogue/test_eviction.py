"""What was refused and runs on is stopped where the owner wants it; a master stops everything."""

import asyncio

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.dialogue.eviction import GRACE, REMEMBERED, Eviction, mark, marked
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from tests.csms.peer import Peer
from tests.csms.stage import NOW
from tests.csms.v1.bench import Pauses, until

EVICT = Policy(Unknown.REFUSE, evict=True)


@pytest.fixture
def pauses(station: Station, peer: Peer, call: Caller) -> Pauses:
    """A station that stops when it is told to, and somebody who tells it."""
    peer.answers["RemoteStopTransaction"] = {"status": "Accepted"}
    station.connect("1.6", Commands(Remote(station, call), Configuration(station, call)))
    return Pauses()


def begin(station: Station, evse: int = 1) -> Transaction:
    return station.ledger.start(Opening(station.name, evse, 1, "CARD", NOW, 0.0))


def refuse(station: Station, transaction: Transaction) -> None:
    station.emit(Event(Kind.CARD_REFUSED, NOW, 1, {"transaction": transaction.id, "token": "CARD"}))


async def test_a_session_that_was_refused_and_runs_on_is_stopped(station: Station, peer: Peer, pauses: Pauses) -> None:
    station.settings.policy = EVICT
    eviction = Eviction(station, pauses)
    refuse(station, running := begin(station))
    await pauses.over(GRACE)
    await until(lambda: station.counters.get("session evicted"))
    assert peer.told("RemoteStopTransaction") == [{"transactionId": int(running.id)}]
    eviction.close()


async def test_a_station_that_has_stopped_it_by_itself_is_not_told_to(
    station: Station, peer: Peer, pauses: Pauses
) -> None:
    station.settings.policy = EVICT
    eviction = Eviction(station, pauses)
    refuse(station, ended := begin(station))
    station.ledger.stop(ended, Closing(NOW, 0.0, "DeAuthorized"))
    await pauses.over(GRACE)
    await asyncio.sleep(0)
    assert peer.actions() == []
    eviction.close()


async def test_it_runs_on_where_its_owner_does_not_mind_and_is_remembered(
    station: Station, peer: Peer, pauses: Pauses
) -> None:
    eviction = Eviction(station, pauses)
    refuse(station, running := begin(station))
    station.emit(Event(Kind.CARD_REFUSED, NOW, 1, {"token": "OTHER"}))
    await asyncio.sleep(0)
    assert (pauses.asked, marked(station)) == ([], [running.id])
    eviction.close()


async def test_a_master_stops_whatever_runs_here(station: Station, peer: Peer, pauses: Pauses) -> None:
    eviction = Eviction(station, pauses)
    running = [begin(station), begin(station, 2)]
    peer.answers["RemoteStopTransaction"] = lambda told: {
        "status": "Rejected" if told["transactionId"] == int(running[0].id) else "Accepted"
    }
    station.emit(Event(Kind.CARD_MASTER, NOW, data={"token": "CHIEF"}))
    await until(lambda: station.counters.get("session evicted"))
    told = [asked["transactionId"] for asked in peer.told("RemoteStopTransaction")]
    assert sorted(told) == sorted(int(one.id) for one in running), "one that is refused keeps no other running"
    eviction.close()


async def test_when_the_connection_has_ended_nobody_is_stopped(station: Station, peer: Peer, pauses: Pauses) -> None:
    station.settings.policy = EVICT
    eviction = Eviction(station, pauses)
    refuse(station, begin(station))
    await until(lambda: pauses.asked)
    eviction.close()
    refuse(station, begin(station, 2))
    await asyncio.sleep(0)
    assert pauses.asked == [GRACE]


def test_of_the_newest_sessions_it_is_remembered_that_they_were_refused(station: Station) -> None:
    for number in range(REMEMBERED + 3):
        mark(station, str(number))
    mark(station, "5")
    assert len(marked(station)) == REMEMBERED
    assert marked(station)[-2:] == [str(REMEMBERED + 2), "5"]
    assert marked(station).count("5") == 1
