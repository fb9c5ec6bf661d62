"""What a 2.1 station does that a 2.0.1 station does not."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator import Car, Station
from tests.simulator_tests.central import Central

ACCEPTED, REJECTED = {"status": "Accepted"}, {"status": "Rejected"}
TARIFF = {"tariffId": "T1", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.3}]}}


@pytest.fixture
async def station(build: Callable[..., Station]) -> Station:
    """A booted 2.1 station."""
    made = build(version="2.1")
    await made.connect()
    await made.boot()
    return made


def profile(limit: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A profile of one period."""
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0} | limit]}
    return {
        "id": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Dynamic",
        "chargingSchedule": [schedule],
    } | more


async def installed(central: Central, wanted: dict[str, Any], evse: int = 0) -> Any:
    """The answer to SetChargingProfile."""
    return await central.call("SetChargingProfile", {"evseId": evse, "chargingProfile": wanted})


def told(central: Central, trigger: str) -> list[dict[str, Any]]:
    """The events of one trigger."""
    return [e for e in central.of("TransactionEvent") if e["triggerReason"] == trigger]


async def test_it_speaks_2_1_and_charges_to_the_watt_hour(station: Station, central: Central) -> None:
    assert central.links[-1].subprotocol == "ocpp2.1"
    transaction = await station.start(car=Car(max_current=16))
    await station.advance(1800)
    await station.stop()
    assert transaction.energy == round(16 * 230 * 3 / 2)
    assert station.violations == []


async def test_a_dynamic_schedule_follows_its_updates(station: Station, central: Central) -> None:
    await station.start()
    assert await installed(central, profile({"limit": 10})) == ACCEPTED
    await station.advance(1)
    assert station.connectors[1].offered.amps == 10
    update = {"chargingProfileId": 1, "scheduleUpdate": {"limit": 7}}
    assert await central.call("UpdateDynamicSchedule", update) == ACCEPTED
    assert station.connectors[1].offered.amps == 7
    unknown = await central.call("UpdateDynamicSchedule", update | {"chargingProfileId": 5})
    assert unknown["statusInfo"]["reasonCode"] == "InvalidProfile"


async def test_a_dynamic_schedule_is_pulled(station: Station, central: Central) -> None:
    central.script["PullDynamicScheduleUpdate"] = ACCEPTED | {"scheduleUpdate": {"limit": 9}}
    await station.start()
    assert await installed(central, profile({"limit": 10}, dynUpdateInterval=20)) == ACCEPTED
    await station.advance(61)
    assert central.of("PullDynamicScheduleUpdate") == [{"chargingProfileId": 1}] * 3
    assert station.connectors[1].offered.amps == 9


async def test_operation_modes_change_what_is_offered_and_are_told(station: Station, central: Central) -> None:
    await station.start()
    await installed(central, profile({"operationMode": "CentralSetpoint", "setpoint": 8, "limit": 20}))
    await station.advance(1)
    assert station.connectors[1].offered.amps == 8
    assert told(central, "OperationModeChanged")[0]["transactionInfo"]["operationMode"] == "CentralSetpoint"
    await installed(central, profile({"operationMode": "Idle"}))
    await station.advance(1)
    assert station.connectors[1].offered.amps == 0


async def test_a_limit_is_not_obeyed_for_ever_without_the_central_system(station: Station, central: Central) -> None:
    await station.start()
    await installed(central, profile({"limit": 6}, maxOfflineDuration=30, invalidAfterOfflineDuration=True))
    await station.advance(1)
    await station.go_offline()
    await station.advance(29)
    assert station.connectors[1].offered.amps == 6
    await station.advance(5)
    assert station.connectors[1].offered.amps == 32
    assert station.profiles.installed == []


async def test_priority_charging_sets_the_limits_aside(station: Station, central: Central) -> None:
    transaction = await station.start()
    wanted = {"transactionId": transaction.id, "activate": True}
    await installed(central, profile({"limit": 6}))
    assert await central.call("UsePriorityCharging", wanted) == {"status": "NoProfile"}
    fast = profile({"limit": 25}, id=2, chargingProfilePurpose="PriorityCharging")
    assert await installed(central, fast) == ACCEPTED
    assert await central.call("UsePriorityCharging", wanted) == ACCEPTED
    await station.settle()
    assert station.connectors[1].offered.amps == 25
    assert await central.call("UsePriorityCharging", wanted | {"activate": False}) == ACCEPTED
    await station.settle()
    assert station.connectors[1].offered.amps == 6
    assert [p["activated"] for p in central.of("NotifyPriorityCharging")] == [True, False]


async def test_a_transaction_limit_stops_the_energy_until_it_is_raised(station: Station, central: Central) -> None:
    limits = iter([{"transactionLimit": {"maxEnergy": 1000}}])
    central.script["TransactionEvent"] = lambda _: next(limits, {})
    transaction = await station.start(car=Car(max_current=16))
    await station.advance(1200)
    assert told(central, "LimitSet")[0]["transactionInfo"]["transactionLimit"] == {"maxEnergy": 1000}
    reached = told(central, "EnergyLimitReached")[0]["transactionInfo"]
    assert reached["chargingState"] == "SuspendedEVSE"
    assert 1000 <= station.connectors[1].meter.register <= 1004
    transaction.limit["maxEnergy"] = 2000
    await station.advance(60)
    assert station.connectors[1].offered.amps == 32


async def test_a_driver_limits_the_time(station: Station, central: Central) -> None:
    await station.start()
    await station.limit_transaction(maxTime=60)
    await station.advance(61)
    assert told(central, "LimitSet")[0]["transactionInfo"]["transactionLimit"] == {"maxTime": 60}
    assert told(central, "TimeLimitReached")[0]["transactionInfo"]["chargingState"] == "SuspendedEVSE"
    assert not await station.press_priority()


async def test_a_reset_resumes_its_transactions(station: Station, central: Central) -> None:
    transaction = await station.start()
    assert await central.call("Reset", {"type": "ImmediateAndResume"}) == ACCEPTED
    await station.wait_until_booted(2)
    assert told(central, "ResetCommand")[0]["eventType"] == "Updated"
    assert told(central, "TxResumed")[0]["transactionInfo"]["transactionId"] == transaction.id
    assert station.connectors[1].transaction is transaction
    assert station.connectors[1].offered.amps == 32
    station.configuration.preset("TxCtrlr.ResumptionTimeout", "0")
    assert await central.call("Reset", {"type": "ImmediateAndResume"}) == REJECTED


async def test_a_short_loss_of_power_does_not_end_a_transaction(station: Station, central: Central) -> None:
    transaction = await station.start()
    own = profile({"limit": 8}, chargingProfilePurpose="TxProfile", transactionId=transaction.id)
    assert await installed(central, own, 1) == ACCEPTED
    await station.power_cut()
    await station.advance(60)
    await station.power_on()
    assert told(central, "TxResumed")[0]["transactionInfo"]["chargingState"] == "Charging"
    assert station.connectors[1].transaction is transaction
    await station.advance(1)
    assert station.connectors[1].offered.amps == 32
    await station.power_cut()
    await station.advance(61)
    await station.power_on()
    assert (transaction.reason, station.connectors[1].transaction) == ("PowerLoss", None)
    assert central.of("TransactionEvent")[-1]["transactionInfo"]["stoppedReason"] == "PowerLoss"


async def test_it_objects_to_a_limit_it_does_not_have(station: Station, central: Central) -> None:
    station.configuration.preset("TxCtrlr.SupportedLimits", "maxTime")
    answer = {"idTokenInfo": {"status": "Accepted"}, "transactionLimit": {"maxTime": 60, "maxSoC": 80}}
    central.script["TransactionEvent"] = answer
    await station.start()
    await station.advance(1)
    assert told(central, "LimitSet")[0]["transactionInfo"]["transactionLimit"] == {"maxTime": 60}
    assert set(station.violations) == {"E16.FR.12: maxSoC is no limit of this station"}
    station.violations.clear()


async def test_it_reckons_the_cost_by_its_own_tariff(station: Station, central: Central) -> None:
    """E16.FR.16; without a tariff it believes what it is told (E16.FR.15)."""
    assert await central.call("SetDefaultTariff", {"evseId": 1, "tariff": TARIFF}) == ACCEPTED
    await station.start(car=Car(max_current=16))
    await station.limit_transaction(maxCost=0.06)
    await station.advance(60)
    assert told(central, "CostLimitReached") == []
    await station.advance(10)
    assert told(central, "CostLimitReached")[0]["transactionInfo"]["chargingState"] == "SuspendedEVSE"
    assert 200 <= station.connectors[1].meter.register <= 204


async def test_what_is_held_back_is_told_later(station: Station, central: Central) -> None:
    await station.start()
    before = len(central.of("TransactionEvent"))
    await station.hold_back()
    await station.stop()
    assert len(central.of("TransactionEvent")) == before
    await station.let_go()
    assert [event["eventType"] for event in central.of("TransactionEvent")][before:] == ["Ended"]


async def test_tariffs_are_kept_by_evse(station: Station, central: Central) -> None:
    transaction = await station.start()
    assert await central.call("GetTariffs", {"evseId": 0}) == {"status": "NoTariff"}
    assert await central.call("SetDefaultTariff", {"evseId": 0, "tariff": TARIFF}) == ACCEPTED
    found = await central.call("GetTariffs", {"evseId": 1})
    assert found["tariffAssignments"] == [{"tariffId": "T1", "tariffKind": "DefaultTariff", "evseIds": [1]}]
    change = {"transactionId": transaction.id, "tariff": TARIFF | {"tariffId": "T2"}}
    assert await central.call("ChangeTransactionTariff", change) == ACCEPTED
    await station.settle()
    assert told(central, "TariffChanged")[0]["transactionInfo"]["tariffId"] == "T2"
    dollars = {"transactionId": transaction.id, "tariff": TARIFF | {"currency": "USD"}}
    assert await central.call("ChangeTransactionTariff", dollars) == {"status": "NoCurrencyChange"}
    cleared = await central.call("ClearTariffs", {})
    assert cleared == {"clearTariffsResult": [{"tariffId": "T1", "status": "Accepted"}]}


async def test_grid_controls_supersede_each_other_and_run_by_the_clock(station: Station, central: Central) -> None:
    body = {"priority": 5, "setpoint": 10, "unit": "PctMaxVar", "startTime": "2026-06-01T12:00:10Z", "duration": 20}
    wanted = {"isDefault": False, "controlId": "a", "controlType": "FixedVar", "fixedVar": body}
    assert await central.call("SetDERControl", wanted) == ACCEPTED
    better = wanted | {"controlId": "b", "fixedVar": body | {"priority": 1}}
    assert await central.call("SetDERControl", better) == ACCEPTED | {"supersededIds": ["a"]}
    assert await central.call("GetDERControl", {"requestId": 1}) == ACCEPTED
    await station.settle()
    assert [p["fixedVar"][0]["isSuperseded"] for p in central.of("ReportDERControl")] == [True, False]
    await station.advance(40)
    assert [(p["controlId"], p["started"]) for p in central.of("NotifyDERStartStop")] == [("b", True), ("b", False)]
    assert await central.call("ClearDERControl", {"isDefault": False, "controlId": "a"}) == ACCEPTED
    assert await central.call("GetDERControl", {"requestId": 2}) == {"status": "NotFound"}


async def test_a_stream_carries_a_monitor_in_frames_without_answers(station: Station, central: Central) -> None:
    central.script["OpenPeriodicEventStream"] = ACCEPTED
    monitor = {
        "type": "Periodic",
        "value": 2,
        "severity": 8,
        "component": {"name": "EVSE", "evse": {"id": 1}},
        "variable": {"name": "Power"},
        "periodicEventStream": {"interval": 10},
    }
    result = await central.call("SetVariableMonitoring", {"setMonitoringData": [monitor]})
    number = result["setMonitoringResult"][0]["id"]
    await station.advance(12)
    sent = central.of("NotifyPeriodicEventStream")[0]
    assert (sent["id"], sent["pending"], [one["t"] for one in sent["data"]]) == (1, 0, [0, 2, 4, 6, 8, 10])
    assert central.of("NotifyEvent") == []
    streams = await central.call("GetPeriodicEventStream", {})
    assert streams["constantStreamData"][0]["variableMonitoringId"] == number
    assert await central.call("AdjustPeriodicEventStream", {"id": 1, "params": {"interval": 5}}) == ACCEPTED
    await central.call("ClearVariableMonitoring", {"id": [number]})
    await station.settle()
    assert central.of("ClosePeriodicEventStream") == [{"id": 1}]


async def test_events_tell_their_severity(station: Station, central: Central) -> None:
    await station.fault()
    assert central.of("NotifyEvent")[0]["eventData"][0]["severity"] == 2


async def test_a_repeated_event_keeps_its_message_id(station: Station, central: Central) -> None:
    central.script["TransactionEvent"] = ["InternalError", {}]
    await station.start()
    await station.advance(70)
    ids = [i for i, (name, _) in zip(central.ids, central.received, strict=True) if name == "TransactionEvent"]
    assert ids[0] == ids[1] != ids[2]


async def test_a_wrong_answer_is_told_by_a_result_error(station: Station, central: Central) -> None:
    central.script["Heartbeat"] = {"currentTime": 5}
    await station.advance(301)
    assert any("Heartbeat response" in fault for fault in station.violations)
    assert [frame[0] for frame in central.other] == [5]


async def test_energy_transfers_are_allowed_during_a_transaction(station: Station, central: Central) -> None:
    transaction = await station.start()
    wanted = {"transactionId": transaction.id, "allowedEnergyTransfer": ["AC_three_phase"]}
    assert await central.call("NotifyAllowedEnergyTransfer", wanted) == ACCEPTED
    assert await central.call("NotifyAllowedEnergyTransfer", wanted | {"transactionId": "no"}) == REJECTED
