"""A 2.0.1 station's transactions: events, their order, and energy to the watt-hour."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator import Car, Hardware, Oddities, Station
from tests.simulator_tests.central import Central

BLOCKED = {"idTokenInfo": {"status": "Blocked"}}


@pytest.fixture
async def station(build: Callable[..., Station]) -> Station:
    """A booted 2.0.1 station."""
    made = build(version="2.0.1")
    await made.connect()
    await made.boot()
    return made


def events(central: Central) -> list[tuple[str, str]]:
    """(eventType, triggerReason) in order."""
    return [(e["eventType"], e["triggerReason"]) for e in central.of("TransactionEvent")]


def registers(event: dict[str, Any]) -> list[float]:
    """The energy readings of an event."""
    return [
        value["value"]
        for bucket in event.get("meterValue", [])
        for value in bucket["sampledValue"]
        if value["measurand"] == "Energy.Active.Import.Register"
    ]


async def test_it_boots_and_tells_its_connectors(station: Station, central: Central) -> None:
    boot, status = central.of("BootNotification")[0], central.of("StatusNotification")
    assert boot["reason"] == "PowerUp"
    assert boot["chargingStation"]["serialNumber"] == "SIM-0001"
    assert [(s["evseId"], s["connectorId"], s["connectorStatus"]) for s in status] == [(1, 1, "Available")]


async def test_a_whole_charge_is_told_to_the_watt_hour(station: Station, central: Central) -> None:
    transaction = await station.start(car=Car(max_current=16))
    await station.advance(1800)
    await station.stop()
    await station.unplug()
    told = central.of("TransactionEvent")
    assert events(central)[0] == ("Started", "Authorized")
    assert events(central)[1] == ("Updated", "ChargingStateChanged")
    assert events(central)[-1] == ("Ended", "StopAuthorized")
    assert [e["seqNo"] for e in told] == list(range(len(told)))
    assert {e["transactionInfo"]["transactionId"] for e in told} == {transaction.id}
    assert transaction.energy == round(16 * 230 * 3 / 2) == registers(told[-1])[-1] - registers(told[0])[0]
    assert told[-1]["transactionInfo"]["stoppedReason"] == "Local"
    assert [("idToken" in e) for e in (told[0], told[1], told[-1])] == [True, False, True]
    assert station.violations == []


async def test_samples_are_updates_of_the_transaction(station: Station, central: Central) -> None:
    transaction = await station.start()
    await station.advance(180)
    periodic = [e for e in central.of("TransactionEvent") if e["triggerReason"] == "MeterValuePeriodic"]
    assert len(periodic) == 3
    assert [registers(e)[0] for e in periodic] == [s.register for s in transaction.samples]
    assert all(s.acknowledged for s in transaction.samples)
    assert periodic[0]["meterValue"][0]["sampledValue"][0]["unitOfMeasure"] == {"unit": "Wh"}


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        (
            "EVConnected",
            "EVConnected",
            [
                ("Started", "CablePluggedIn"),
                ("Updated", "Authorized"),
                ("Updated", "ChargingStateChanged"),
                ("Updated", "StopAuthorized"),
                ("Ended", "EVCommunicationLost"),
            ],
        ),
        (
            "PowerPathClosed",
            "Authorized",
            [("Started", "Authorized"), ("Updated", "ChargingStateChanged"), ("Ended", "StopAuthorized")],
        ),
    ],
)
async def test_start_and_stop_points_are_obeyed(
    station: Station, central: Central, start: str, stop: str, expected: list[tuple[str, str]]
) -> None:
    station.configuration.preset("TxCtrlr.TxStartPoint", start)
    station.configuration.preset("TxCtrlr.TxStopPoint", stop)
    await station.plug_in()
    await station.present_card("A")
    await station.present_card("A")
    await station.unplug()
    assert events(central) == expected
    assert central.of("TransactionEvent")[-1]["transactionInfo"]["stoppedReason"] == "Local"


async def test_an_authorized_start_waits_for_its_cable(station: Station, central: Central) -> None:
    station.configuration.preset("TxCtrlr.TxStartPoint", "Authorized")
    await station.present_card("A")
    assert central.of("TransactionEvent")[0]["evse"] == {"id": 1}
    await station.plug_in()
    assert central.of("TransactionEvent")[1]["evse"] == {"id": 1, "connectorId": 1}
    assert station.connectors[1].offered.amps == 32


async def test_an_authorization_without_a_cable_times_out(station: Station, central: Central) -> None:
    station.configuration.preset("TxCtrlr.TxStartPoint", "Authorized")
    await station.present_card("A")
    await station.advance(62)
    assert events(central)[0] == ("Started", "Authorized")
    assert events(central)[-1] == ("Ended", "EVConnectTimeout")
    assert central.of("TransactionEvent")[-1]["transactionInfo"]["stoppedReason"] == "Timeout"


async def test_events_of_an_offline_station_come_later_and_say_so(station: Station, central: Central) -> None:
    await station.go_offline()
    transaction = await station.start()
    await station.advance(120)
    await station.stop()
    assert central.of("TransactionEvent") == []
    await station.go_online()
    told = central.of("TransactionEvent")
    assert [e["seqNo"] for e in told] == list(range(len(told)))
    assert all(e["offline"] for e in told)
    assert transaction.stop_answer is not None


async def test_an_event_that_is_not_answered_is_sent_again(station: Station, central: Central) -> None:
    central.script["TransactionEvent"] = ["InternalError", {}]
    await station.start()
    await station.advance(70)
    assert [e["seqNo"] for e in central.of("TransactionEvent")][:3] == [0, 0, 1]


async def test_a_token_found_blocked_afterwards_ends_the_transaction(station: Station, central: Central) -> None:
    central.script["TransactionEvent"] = BLOCKED
    await station.plug_in()
    await station.present_card("A")
    assert events(central)[-1] == ("Ended", "Deauthorized")
    assert station.record[0].reason == "DeAuthorized"


async def test_remote_control_starts_and_stops(station: Station, central: Central) -> None:
    wanted = {"idToken": {"idToken": "R", "type": "Central"}, "remoteStartId": 7, "evseId": 1}
    assert await central.call("RequestStartTransaction", wanted) == {"status": "Accepted"}
    await station.settle()
    await station.plug_in()
    started = central.of("TransactionEvent")[0]
    assert started["idToken"] == {"idToken": "R", "type": "Central"}
    assert started["transactionInfo"]["remoteStartId"] == 7
    number = started["transactionInfo"]["transactionId"]
    assert await central.call("GetTransactionStatus", {"transactionId": number}) == {
        "ongoingIndicator": True,
        "messagesInQueue": False,
    }
    assert await central.call("RequestStopTransaction", {"transactionId": "no"}) == {"status": "Rejected"}
    assert await central.call("RequestStopTransaction", {"transactionId": number}) == {"status": "Accepted"}
    await station.settle()
    assert events(central)[-1] == ("Ended", "RemoteStop")


async def test_a_remote_start_joins_a_transaction_that_runs_without_a_token(station: Station, central: Central) -> None:
    station.configuration.preset("TxCtrlr.TxStartPoint", "EVConnected")
    await station.plug_in()
    wanted = {"idToken": {"idToken": "R", "type": "Central"}, "remoteStartId": 7}
    answer = await central.call("RequestStartTransaction", wanted)
    await station.settle()
    assert answer["transactionId"] == station.record[0].id
    assert ("Updated", "RemoteStart") in events(central)


async def test_a_power_cut_ends_it_when_the_power_is_back(station: Station, central: Central) -> None:
    await station.start()
    await station.advance(60)
    await station.power_cut()
    await station.power_on()
    assert central.of("TransactionEvent")[-1]["transactionInfo"]["stoppedReason"] == "PowerLoss"
    assert len(central.of("BootNotification")) == 2


async def test_connectors_of_one_evse_share_its_meter(build: Callable[..., Station], central: Central) -> None:
    async with build(version="2.0.1", hardware=Hardware(evses=2, connectors=2)) as station:
        await station.start("A", connector=2)
        await station.start("B", connector=3)
        await station.advance(3600)
        first, second = await station.stop(2), await station.stop(3)
        assert first.energy == second.energy == 16 * 230 * 3
        starts = [e["evse"] for e in central.of("TransactionEvent") if e["eventType"] == "Started"]
        assert starts == [{"id": 1, "connectorId": 2}, {"id": 2, "connectorId": 1}]


async def test_a_master_pass_stops_what_another_started(station: Station, central: Central) -> None:
    station.configuration.preset("AuthCtrlr.MasterPassGroupId", "MASTER")
    await station.start("A")
    group = {"idToken": "MASTER", "type": "Central"}
    central.script["Authorize"] = {"idTokenInfo": {"status": "Accepted", "groupIdToken": group}}
    assert await station.present_card("GUARD", 1) == "Accepted"
    assert central.of("TransactionEvent")[-1]["transactionInfo"]["stoppedReason"] == "MasterPass"


async def test_without_authorization_a_cable_is_enough(station: Station, central: Central) -> None:
    station.configuration.preset("AuthCtrlr.Enabled", "false")
    await station.plug_in()
    assert central.of("TransactionEvent")[0]["idToken"] == {"idToken": "", "type": "NoAuthorization"}
    assert station.connectors[1].offered.amps == 32
    assert central.of("Authorize") == []


async def test_odd_stations_skip_numbers_and_connectors(build: Callable[..., Station], central: Central) -> None:
    odd = Oddities(seq_gaps=True, no_connector_id=True, evse_zero_status=True)
    async with build(version="2.0.1", oddities=odd) as station:
        await station.start()
        await station.stop()
    told = central.of("TransactionEvent")
    assert [e["seqNo"] for e in told] == [0, 1, 3]
    assert told[0]["evse"] == {"id": 1}
    assert {(s["evseId"], s["connectorId"]) for s in central.of("StatusNotification")} == {(0, 0)}
