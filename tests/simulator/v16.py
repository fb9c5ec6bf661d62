"""OCPP 1.6 in the station's mouth: its requests, and the table of its answers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import v16_charging, v16_control, v16_core, v16_jobs
from .clock import stamp
from .connector import Connector
from .dialect import Answer, Request
from .oddities import Payload
from .outbox import Message
from .record import Transaction

if TYPE_CHECKING:
    from .machine import Machine

SUBPROTOCOL = "ocpp1.6"
SCHEMAS = "v16"
ANSWERS: Mapping[str, Answer] = v16_core.ANSWERS | v16_control.ANSWERS | v16_charging.ANSWERS | v16_jobs.ANSWERS


def boot(machine: Machine) -> Request:
    """OCPP 1.6 ed. 2 - 6.3."""
    identity = machine.hardware.identity
    return "BootNotification", {
        "chargePointVendor": identity.vendor,
        "chargePointModel": identity.model,
        "chargePointSerialNumber": identity.serial,
        "firmwareVersion": machine.firmware,
    }


def heartbeat() -> Request:
    """OCPP 1.6 ed. 2 - 6.29."""
    return "Heartbeat", {}


def status(machine: Machine, connector: Connector) -> Request:
    """OCPP 1.6 ed. 2 - 6.47."""
    payload = {
        "connectorId": connector.number,
        "errorCode": connector.error,
        "status": connector.status,
        "timestamp": stamp(machine.clock.now()),
    }
    return "StatusNotification", payload | ({"info": connector.info} if connector.info else {})


def conflict(machine: Machine) -> Request:
    """OCPP 1.6 ed. 2 - 3.5.2: connector 0 tells of a LocalListConflict."""
    action, payload = status(machine, machine.connectors[0])
    return action, payload | {"errorCode": "LocalListConflict"}


def authorize(tag: str) -> Request:
    """OCPP 1.6 ed. 2 - 6.1."""
    return "Authorize", {"idTag": tag}


def security_event(machine: Machine, kind: str, info: str) -> Request:
    """Security whitepaper ed. 3 - SecurityEventNotification.req."""
    payload = {"type": kind, "timestamp": stamp(machine.clock.now())}
    return "SecurityEventNotification", payload | ({"techInfo": info} if info else {})


def started(machine: Machine, transaction: Transaction) -> Message:
    """OCPP 1.6 ed. 2 - 6.45."""
    payload: Payload = {
        "connectorId": transaction.connector,
        "idTag": transaction.id_tag,
        "meterStart": transaction.meter_start,
        "timestamp": stamp(transaction.started),
    }
    if transaction.reservation is not None:
        payload["reservationId"] = transaction.reservation
    return Message("StartTransaction", lambda: dict(payload))


def sampled(connector: Connector, transaction: Transaction | None, bucket: Payload) -> Message:
    """OCPP 1.6 ed. 2 - 6.31."""

    def build() -> Payload:
        payload: Payload = {"connectorId": connector.number, "meterValue": [_copy(bucket)]}
        return payload | ({"transactionId": transaction.number} if transaction else {})

    return Message("MeterValues", build)


def stopped(machine: Machine, transaction: Transaction) -> Message:
    """OCPP 1.6 ed. 2 - 6.49."""

    def build() -> Payload:
        assert transaction.stopped is not None
        payload: Payload = {
            "transactionId": transaction.number,
            "meterStop": transaction.meter_stop,
            "timestamp": stamp(transaction.stopped),
            "reason": transaction.reason,
        }
        if transaction.stop_tag is not None:
            payload["idTag"] = transaction.stop_tag
        if transaction.data:
            payload["transactionData"] = [_copy(bucket) for bucket in transaction.data]
        return payload

    return Message("StopTransaction", build)


def status_of(action: str, answer: Payload) -> str:
    """The authorization status in an answer."""
    return str(answer["idTagInfo"]["status"])


def _copy(bucket: Payload) -> Payload:
    return {**bucket, "sampledValue": [dict(value) for value in bucket["sampledValue"]]}
