"""Streams of values that are never answered."""

from asyncio import sleep
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.monitor import Flow, Monitor, Stream
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import VariableKey
from custom_components.ocpp_home.csms.v2 import streams
from custom_components.ocpp_home.csms.v2.streams import Streams
from tests.csms.peer import Payload, Peer
from tests.csms.v2.served import serve

POWER = Monitor(VariableKey("EVSE", "Power", 1), "Periodic", 1, 8, 12)


def stream(number: int = 3, monitor: int = 12) -> Payload:
    return {"id": number, "params": {"interval": 5, "values": 10}, "variableMonitoringId": monitor}


def values(*told: tuple[float, str], number: int = 3) -> Payload:
    at = datetime.now(UTC) - timedelta(seconds=20)
    data = [{"t": t, "v": v} for t, v in told]
    return {"id": number, "pending": 0, "basetime": at.isoformat(), "data": data}


@pytest.fixture
def known(station: Station, peer: Peer) -> Station:
    serve(peer, station, streams.REQUESTS)
    station.watch.monitors[12] = POWER
    return station


async def test_a_stream_of_a_known_monitor_is_accepted(known: Station, peer: Peer) -> None:
    """N11.FR.04, N11.FR.06: prepared, associated with its monitor, Accepted."""
    answer = await peer.says("OpenPeriodicEventStream", {"constantStreamData": stream()})
    assert answer[2] == {"status": "Accepted"}
    assert known.watch.streams == {3: Stream(3, 12, Flow(5, 10))}


async def test_a_stream_of_an_unknown_monitor_is_rejected(known: Station, peer: Peer) -> None:
    """N11.FR.05: nobody could tell what its values are; the station goes on with NotifyEvent (N11.FR.07)."""
    request = {"constantStreamData": stream(monitor=99)}
    assert (await peer.says("OpenPeriodicEventStream", request))[2] == {"status": "Rejected"}
    assert known.watch.streams == {}
    known.watch.asking = True
    assert (await peer.says("OpenPeriodicEventStream", request))[2] == {"status": "Accepted"}


async def test_there_is_no_end_of_streams_but_of_room(known: Station, peer: Peer) -> None:
    known.watch.streams = {number: Stream(number, 12, Flow(5)) for number in range(streams.MOST)}
    request = {"constantStreamData": stream(1000)}
    assert (await peer.says("OpenPeriodicEventStream", request))[2] == {"status": "Rejected"}


async def test_values_are_what_the_monitor_watches_and_are_not_answered(known: Station, peer: Peer) -> None:
    """N11.FR.08, N15.FR.02, N15.FR.03: component and variable come from the monitor; no CALLRESULT, no CALLERROR."""
    await peer.says("OpenPeriodicEventStream", {"constantStreamData": stream()})
    heard = len(peer.heard)
    peer.tells("NotifyPeriodicEventStream", values((0, "1000"), (5, "1100"), (10, "1050")))
    await sleep(0.01)
    assert known.evse(1).meter.total(Quantity.POWER) == 1050
    (reading,) = known.evse(1).meter.readings.values()
    assert abs((datetime.now(UTC) - reading.at).total_seconds() - 10) < 2
    assert len(peer.heard) == heard


async def test_values_never_lie_ahead(known: Station, peer: Peer) -> None:
    await peer.says("OpenPeriodicEventStream", {"constantStreamData": stream()})
    peer.tells("NotifyPeriodicEventStream", values((3600, "1000")))
    (reading,) = known.evse(1).meter.readings.values()
    assert reading.at <= datetime.now(UTC)


async def test_a_closed_stream_is_used_no_more(known: Station, peer: Peer) -> None:
    """N13.FR.02."""
    await peer.says("OpenPeriodicEventStream", {"constantStreamData": stream()})
    assert (await peer.says("ClosePeriodicEventStream", {"id": 3}))[2] == {}
    assert (await peer.says("ClosePeriodicEventStream", {"id": 3}, "again"))[2] == {}
    peer.tells("NotifyPeriodicEventStream", values((0, "1000")))
    assert known.evses == {}
    assert known.counters == {"values of an unknown stream": 1}


async def test_the_open_streams_are_asked_for(station: Station, call: Caller, peer: Peer) -> None:
    peer.answers["GetPeriodicEventStream"] = {"constantStreamData": [stream(1), stream(2, 13)]}
    found = await Streams(station, call).streams()
    assert found == [Stream(1, 12, Flow(5, 10)), Stream(2, 13, Flow(5, 10))]
    assert station.watch.streams == {1: found[0], 2: found[1]}
    peer.answers["GetPeriodicEventStream"] = {}
    assert await Streams(station, call).streams() == []
    assert station.watch.streams == {}


async def test_a_stream_is_adjusted(station: Station, call: Caller, peer: Peer) -> None:
    """N14.FR.01: the id and a params object with new values."""
    peer.answers["AdjustPeriodicEventStream"] = {"status": "Accepted"}
    await Streams(station, call).adjust(3, Flow(interval=2))
    await Streams(station, call).adjust(3, Flow(values=20))
    assert peer.told("AdjustPeriodicEventStream") == [
        {"id": 3, "params": {"interval": 2}},
        {"id": 3, "params": {"values": 20}},
    ]
    peer.answers["AdjustPeriodicEventStream"] = {"status": "Rejected"}
    with pytest.raises(Refused, match="Rejected"):
        await Streams(station, call).adjust(3, Flow(1, 1))


async def test_a_stream_needs_an_interval_or_a_number_of_values(station: Station, call: Caller, peer: Peer) -> None:
    """N11.FR.09."""
    with pytest.raises(Invalid, match="an interval, a number of values, or both"):
        await Streams(station, call).adjust(3, Flow())
    assert peer.asked == []
