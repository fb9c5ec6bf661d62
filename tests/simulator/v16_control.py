"""Answers: remote start and stop, availability, unlock, reset."""

from typing import TYPE_CHECKING

from . import transactions, v16_transactions
from .connector import Connector
from .dialect import Answer
from .oddities import Payload
from .profiles import TX
from .v16_core import ACCEPTED, REJECTED

if TYPE_CHECKING:
    from .machine import Machine


def remote_start_transaction(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.11; not allowed while Pending (4.2)."""
    if machine.registration == "Pending":
        machine.violations.append("RemoteStartTransaction is not allowed while Pending")
        return REJECTED
    tag, profile = payload["idTag"], payload.get("chargingProfile")
    connector = _choose(machine, payload.get("connectorId"), tag)
    if connector is None or (profile is not None and profile["chargingProfilePurpose"] != TX):
        return REJECTED
    if machine.oddities.zero_blocks_starts and _parked_at_zero(machine, connector):
        return REJECTED
    machine.after_answer(_remotely_start, machine, connector, tag, profile)
    return ACCEPTED


def _choose(machine: Machine, number: int | None, tag: str) -> Connector | None:
    fit = [c for c in machine.outlets if c.free and transactions.redeems(machine, c, tag)]
    if number is not None:
        return next((c for c in fit if c.number == number), None)
    return min(fit, key=lambda c: not c.plugged, default=None)


def _parked_at_zero(machine: Machine, connector: Connector) -> bool:
    now = machine.clock.now()
    found = (machine.profiles.station_limit(now, 3), machine.profiles.limit(connector.number, now, None, 3))
    return any(limit is not None and limit.amps == 0 for limit in found)


async def _remotely_start(machine: Machine, connector: Connector, tag: str, profile: Payload | None) -> None:
    machine.wait_for_plug(connector, tag, profile)
    machine.report_statuses(changed_only=True)
    if (
        machine.configuration.on("AuthorizeRemoteTxRequests")
        and await transactions.authorize(machine, tag) != "Accepted"
    ):
        connector.usage = None
    elif connector.plugged and connector.usage is not None and connector.free:
        v16_transactions.start(machine, connector, tag, profile)
    machine.report_statuses(changed_only=True)


def remote_stop_transaction(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.12; not allowed while Pending (4.2)."""
    if machine.registration == "Pending":
        machine.violations.append("RemoteStopTransaction is not allowed while Pending")
        return REJECTED
    for connector in machine.outlets:
        if connector.transaction is not None and connector.transaction.id == payload["transactionId"]:
            machine.after_answer(_stop, machine, connector, "Remote")
            return ACCEPTED
    return REJECTED


async def _stop(machine: Machine, connector: Connector, reason: str) -> None:
    if connector.transaction is not None:
        v16_transactions.stop(machine, connector, reason)


def change_availability(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.2; connector 0 means the station and all its connectors."""
    number, wanted = payload["connectorId"], payload["type"] == "Operative"
    if number not in machine.connectors:
        return REJECTED
    places = list(machine.connectors.values()) if number == 0 else [machine.connectors[number]]
    scheduled = False
    for connector in places:
        if connector.transaction is not None and connector.operative != wanted:
            connector.becomes_operative, scheduled = wanted, True
        else:
            connector.operative, connector.becomes_operative = wanted, None
            connector.reservation = connector.reservation if wanted else None
    machine.after_answer(_report, machine)
    return {"status": "Scheduled"} if scheduled else ACCEPTED


async def _report(machine: Machine) -> None:
    machine.report_statuses(changed_only=True)


def unlock_connector(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.18, errata 3.87: NotSupported for an unknown connector."""
    connector = machine.connectors.get(payload["connectorId"])
    if machine.oddities.no_lock or connector is None or connector.number == 0:
        return {"status": "NotSupported"}
    if connector.transaction is not None:
        machine.after_answer(_stop, machine, connector, "UnlockCommand")
    return {"status": "UnlockFailed" if machine.oddities.lock_broken else "Unlocked"}


def reset(machine: Machine, payload: Payload) -> Payload:
    """OCPP 1.6 ed. 2 - 5.14."""
    machine.after_answer(machine.reboot, payload["type"] == "Hard")
    return ACCEPTED


ANSWERS: dict[str, Answer] = {
    "RemoteStartTransaction": remote_start_transaction,
    "RemoteStopTransaction": remote_stop_transaction,
    "ChangeAvailability": change_availability,
    "UnlockConnector": unlock_connector,
    "Reset": reset,
}
