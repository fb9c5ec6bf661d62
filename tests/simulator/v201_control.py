"""Answers: remote start and stop, availability, unlock, reset, trigger (OCPP 2.0.1 ed. 3 - B11, B12, F, G)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import metering, transactions, v201_security, v201_transactions
from .connector import Connector
from .dialect import Answer
from .oddities import Payload
from .transactions import ACCEPTED
from .v201_events import UPDATED, Event, readings, tag_of, tell

if TYPE_CHECKING:
    from .machine import Machine

YES: Payload = {"status": "Accepted"}
NO: Payload = {"status": "Rejected"}


def places(machine: Machine, evse: Payload | None) -> list[Connector]:
    """The connectors that an EVSEType means; none when there is no such EVSE or connector."""
    if evse is None or evse["id"] == 0:
        return machine.outlets
    found = [c for c in machine.outlets if c.evse == evse["id"]]
    return [c for c in found if evse.get("connectorId") in (None, c.position)]


# --- remote control -------------------------------------------------------------------------------------------------


def request_start_transaction(machine: Machine, payload: Payload) -> Payload:
    """F01, F02; not while Pending (B02.FR.05)."""
    if machine.registration == "Pending":
        machine.violations.append("RequestStartTransaction is not allowed while Pending")
        return NO
    tag, profile = tag_of(machine, payload["idToken"]), payload.get("chargingProfile")
    place = _choose(machine, payload.get("evseId"), tag)
    if place is None or (profile is not None and profile["chargingProfilePurpose"] != "TxProfile"):
        return NO
    machine.after_answer(_start, machine, place, tag, payload)
    running = place.transaction
    return YES | ({"transactionId": running.id} if running is not None else {})  # F02.FR.01


def _choose(machine: Machine, evse: int | None, tag: str) -> Connector | None:
    busy = {c.evse for c in machine.outlets if c.in_use or c.ending}
    fit = [c for c in machine.outlets if c.free and c.evse not in busy and transactions.redeems(machine, c, tag)]
    fit = [c for c in fit if evse in (None, c.evse)]
    return min(fit, key=lambda c: not c.plugged, default=None)


async def _start(machine: Machine, place: Connector, tag: str, payload: Payload) -> None:
    must_ask = machine.configuration.on("AuthorizeRemoteTxRequests") and payload["idToken"]["type"] != "NoAuthorization"
    machine.shelf.setdefault("remote starts", {})[place.number] = payload["remoteStartId"]
    machine.wait_for_plug(place, tag, payload.get("chargingProfile"))
    if must_ask and await transactions.authorize(machine, tag) != ACCEPTED:
        place.usage = None
        machine.shelf["remote starts"].pop(place.number, None)
    elif place.usage is not None and place.free:
        v201_transactions.authorized(machine, place, tag, "RemoteStart")
    machine.report_statuses(changed_only=True)


def request_stop_transaction(machine: Machine, payload: Payload) -> Payload:
    """F03, F04."""
    if machine.registration == "Pending":
        machine.violations.append("RequestStopTransaction is not allowed while Pending")
        return NO
    place = running(machine, payload["transactionId"])
    if place is None:
        return NO
    machine.after_answer(_stop, machine, place, "Remote")
    return YES


def running(machine: Machine, number: str) -> Connector | None:
    """The connector on which a transaction runs."""
    found = (c for c in machine.outlets if c.transaction is not None and c.transaction.id == number)
    return next(found, None)


async def _stop(machine: Machine, place: Connector, reason: str) -> None:
    if place.transaction is not None:
        machine.dialect.stop(machine, place, reason)
    machine.report_statuses(changed_only=True)


def get_transaction_status(machine: Machine, payload: Payload) -> Payload:
    """E14."""
    number = payload.get("transactionId")
    told = [m.build() for m in machine.outbox.kept]
    queued = [event["transactionInfo"]["transactionId"] for event in told if "transactionInfo" in event]
    if number is None:
        return {"messagesInQueue": bool(queued)}
    return {"ongoingIndicator": running(machine, number) is not None, "messagesInQueue": number in queued}


# --- availability ---------------------------------------------------------------------------------------------------


def change_availability(machine: Machine, payload: Payload) -> Payload:
    """G03 (EVSE, connector), G04 (station); what charges is changed afterwards."""
    evse, wanted = payload.get("evse"), payload["operationalStatus"] == "Operative"
    chosen, scheduled = places(machine, evse), False
    if not chosen:
        return NO
    if evse is None or evse["id"] == 0:
        machine.connectors[0].operative = wanted
    for place in chosen:
        if place.transaction is not None and place.operative != wanted:
            place.becomes_operative, scheduled = wanted, True
            continue
        place.operative, place.becomes_operative = wanted, None
        if not wanted and place.reservation is not None:
            machine.dialect.reservation_ended(machine, place.reservation, "Removed")
            place.reservation = None
    machine.after_answer(_report, machine)
    return {"status": "Scheduled"} if scheduled else YES


async def _report(machine: Machine) -> None:
    machine.report_statuses(changed_only=True)


def unlock_connector(machine: Machine, payload: Payload) -> Payload:
    """F05: never while an authorized transaction runs."""
    found = places(machine, {"id": payload["evseId"], "connectorId": payload["connectorId"]})
    if not found or not payload["evseId"]:
        return {"status": "UnknownConnector"}
    if found[0].in_use:
        return {"status": "OngoingAuthorizedTransaction"}
    broken = machine.oddities.lock_broken or machine.oddities.no_lock
    return {"status": "UnlockFailed" if broken else "Unlocked"}


# --- reset ----------------------------------------------------------------------------------------------------------


def reset(machine: Machine, payload: Payload) -> Payload:
    """B11, B12: at once or when nothing charges any more; the station or one EVSE."""
    number = payload.get("evseId", 0)
    chosen = places(machine, {"id": number})
    if not chosen or (number and not machine.configuration.on("EVSE.AllowReset")):
        return NO
    if payload["type"] == "OnIdle" and any(c.transaction for c in chosen):
        machine.shelf["reset when idle"] = number
        return {"status": "Scheduled"}
    machine.after_answer(restart, machine, number, payload["type"])
    return YES


async def restart(machine: Machine, number: int, kind: str) -> None:
    """Restart the station (0) or an EVSE, ending what charges there."""
    if number == 0 and kind != "ImmediateAndResume":
        machine.shelf["boot reason"] = "RemoteReset" if kind != "OnIdle" else "ScheduledReset"
        machine.run(machine.reboot(hard=False))
        return
    for place in places(machine, {"id": number}):
        if place.transaction is not None:
            machine.dialect.stop(machine, place, "ImmediateReset")
        place.usage, place.error = None, "NoError"
    machine.report_statuses(changed_only=True)


def reset_when_idle(machine: Machine) -> None:
    """Do the reset that waited for the end of a transaction (B12)."""
    number = machine.shelf.get("reset when idle")
    if number is not None and not any(c.transaction for c in places(machine, {"id": number})):
        del machine.shelf["reset when idle"]
        machine.run(restart(machine, number, "OnIdle"))


# --- trigger --------------------------------------------------------------------------------------------------------


def trigger_message(machine: Machine, payload: Payload) -> Payload:
    """F06."""
    kind, chosen = payload["requestedMessage"], places(machine, payload.get("evse"))
    work = TRIGGERED.get(kind)
    if work is None:
        return {"status": "NotImplemented"}
    if not chosen or (kind == "BootNotification" and machine.registration == "Accepted"):
        return NO  # F06.FR.17
    if kind == "TransactionEvent" and not any(c.transaction for c in chosen):
        return NO
    if kind == "StatusNotification" and "connectorId" not in payload.get("evse", {}):
        return NO  # F06.FR.12
    machine.after_answer(_triggered, machine, work, chosen)
    return YES


async def _triggered(machine: Machine, work: Callable[[Any, list[Connector]], None], chosen: list[Connector]) -> None:
    machine.tick()
    work(machine, chosen)


def _boot(machine: Machine, _: list[Connector]) -> None:
    machine.shelf["boot reason"] = "Triggered"
    machine.run(machine.boot_again())


def _status(machine: Machine, chosen: list[Connector]) -> None:
    for place in chosen:
        machine.note(*machine.dialect.status(machine, place), asked=True)


def _meter_values(machine: Machine, chosen: list[Connector]) -> None:
    names = machine.configuration.items("AlignedDataCtrlr.Measurands")
    for place in machine.live:
        bucket = metering.take(machine, place, names, metering.TRIGGER) if place in chosen else None
        if bucket is not None:
            message = machine.dialect.sampled(machine, place, None, bucket)
            machine.outbox.keep(message)


def _transaction_event(machine: Machine, chosen: list[Connector]) -> None:
    for place in chosen:
        if place.transaction is not None:
            buckets = readings(machine, place, "TxUpdatedMeasurands", metering.TRIGGER)
            place.transaction.charging_state = ""  # F06.FR.07: tell it again
            tell(machine, place, Event(UPDATED, "Trigger", buckets=buckets))


def _job(kind: str) -> Callable[[Any, list[Connector]], None]:
    def send(machine: Machine, _: list[Connector]) -> None:
        machine.note(kind, machine.jobs.get(kind, {"status": "Idle"}), asked=True)

    return send


def _sign(kind: str) -> Callable[[Any, list[Connector]], None]:
    def send(machine: Machine, _: list[Connector]) -> None:
        machine.note("SignCertificate", v201_security.request(machine, kind), asked=True)

    return send


TRIGGERED: dict[str, Callable[[Any, list[Connector]], None]] = {
    "BootNotification": _boot,
    "Heartbeat": lambda machine, _: machine.note(*machine.dialect.heartbeat(), asked=True),
    "StatusNotification": _status,
    "MeterValues": _meter_values,
    "TransactionEvent": _transaction_event,
    "LogStatusNotification": _job("LogStatusNotification"),
    "FirmwareStatusNotification": _job("FirmwareStatusNotification"),
    "SignChargingStationCertificate": _sign("ChargingStationCertificate"),
    "SignV2GCertificate": _sign("V2GCertificate"),
}
ANSWERS: dict[str, Answer] = {
    "RequestStartTransaction": request_start_transaction,
    "RequestStopTransaction": request_stop_transaction,
    "GetTransactionStatus": get_transaction_status,
    "ChangeAvailability": change_availability,
    "UnlockConnector": unlock_connector,
    "Reset": reset,
    "TriggerMessage": trigger_message,
}
