"""What a station does for the grid."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2 import der
from custom_components.ocpp_home.csms.v2.der import Grid
from tests.csms.peer import Payload, Peer
from tests.csms.stage import NOW
from tests.csms.v2.served import serve
from tests.csms.v2.telling import Telling

YES = {"status": "Accepted"}
CONTROL: Payload = {
    "isDefault": True,
    "controlId": "c1",
    "controlType": "LimitMaxDischarge",
    "limitMaxDischarge": {"priority": 0, "pctMaxDischargePower": 50.0},
}
DISCHARGE: Payload = {"id": "c1", "isDefault": True, "isSuperseded": False, "limitMaxDischarge": {"priority": 0}}
FIXED: Payload = {
    "id": "c2",
    "isDefault": False,
    "isSuperseded": False,
    "fixedVar": {"priority": 1, "setpoint": 10.0, "unit": "PctMaxVar"},
}


@pytest.fixture
def grid(station: Station, call: Caller, peer: Peer) -> Grid:
    serve(peer, station, der.REQUESTS)
    return Grid(station, call)


async def test_a_control_takes_the_place_of_others(grid: Grid, peer: Peer) -> None:
    """R04.FR.01."""
    peer.answers["SetDERControl"] = YES | {"supersededIds": ["c0"]}
    assert await grid.set_control(CONTROL) == ("c0",)
    assert peer.asked == [("SetDERControl", CONTROL)]
    peer.answers["SetDERControl"] = YES
    assert await grid.set_control(CONTROL) == ()
    peer.answers["SetDERControl"] = {"status": "NotSupported"}
    with pytest.raises(Refused, match="NotSupported"):
        await grid.set_control(CONTROL)


async def test_controls_are_reported_in_parts(grid: Grid, peer: Peer) -> None:
    """R04.FR.22."""
    telling = Telling(
        peer, "GetDERControl", "ReportDERControl", {"limitMaxDischarge": [DISCHARGE]}, {"fixedVar": [FIXED]}
    )
    assert await grid.controls() == [DISCHARGE, FIXED]
    assert peer.asked == [("GetDERControl", {"requestId": 1})]
    await telling.done


async def test_there_may_be_no_controls(grid: Grid, peer: Peer) -> None:
    peer.answers["GetDERControl"] = {"status": "NotFound"}
    assert await grid.controls("VoltVar", "c9") == []
    assert peer.asked == [("GetDERControl", {"requestId": 1, "controlType": "VoltVar", "controlId": "c9"})]


async def test_controls_are_cleared(grid: Grid, peer: Peer) -> None:
    peer.answers["ClearDERControl"] = YES
    await grid.clear_control(default=True)
    await grid.clear_control(default=False, control="c1")
    assert peer.told("ClearDERControl") == [{"isDefault": True}, {"isDefault": False, "controlId": "c1"}]


async def test_a_signal_and_a_permission_are_handed_on(grid: Grid, peer: Peer) -> None:
    """Q02.FR.05."""
    peer.answers |= {"AFRRSignal": YES, "NotifyAllowedEnergyTransfer": YES}
    await grid.signal(-3, NOW)
    await grid.allow("tx-1", ["AC_three_phase", "AC_BPT"])
    assert peer.asked == [
        ("AFRRSignal", {"signal": -3, "timestamp": "2026-06-01T12:00:00Z"}),
        (
            "NotifyAllowedEnergyTransfer",
            {"transactionId": "tx-1", "allowedEnergyTransfer": ["AC_three_phase", "AC_BPT"]},
        ),
    ]


async def test_alarms_of_the_grid_are_events(grid: Grid, peer: Peer, events: list[Event]) -> None:
    """R03, R02."""
    at = {"timestamp": "2026-06-01T12:00:00Z"}
    alarm = {"controlType": "FreqDroop", "gridEventFault": "OverFrequency", "alarmEnded": True, "extraInfo": "50.4 Hz"}
    assert (await peer.says("NotifyDERAlarm", alarm | at))[2] == {}
    assert (await peer.says("NotifyDERAlarm", {"controlType": "VoltVar"} | at))[2] == {}
    assert (await peer.says("NotifyDERStartStop", {"controlId": "c1", "started": True} | at))[2] == {}
    assert {event.kind for event in events} == {Kind.GRID}
    assert {event.at for event in events} == {datetime(2026, 6, 1, 12, tzinfo=UTC)}
    assert [event.data for event in events] == [
        {"control": "FreqDroop", "fault": "OverFrequency", "ended": True, "info": "50.4 Hz"},
        {"control": "VoltVar", "fault": None, "ended": False, "info": None},
        {"control": "c1", "started": True},
    ]
