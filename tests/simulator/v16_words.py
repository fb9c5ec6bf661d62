"""The 1.6 requests about connectors and transactions."""

from typing import TYPE_CHECKING

from .clock import stamp
from .connector import Connector
from .dialect import Request
from .oddities import Payload
from .outbox import Message
from .record import Transaction

if TYPE_CHECKING:
    from .machine import Machine


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


def started(transaction: Transaction) -> Message:
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


def sampled(machine: Machine, connector: Connector, transaction: Transaction | None, bucket: Payload) -> Message:
    """OCPP 1.6 ed. 2 - 6.31."""

    def build() -> Payload:
        payload: Payload = {"connectorId": connector.number, "meterValue": [_copy(bucket)]}
        return payload | ({"transactionId": transaction.number} if transaction else {})

    return Message("MeterValues", build)


def stopped(transaction: Transaction) -> Message:
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


def _copy(bucket: Payload) -> Payload:
    return {**bucket, "sampledValue": [dict(value) for value in bucket["sampledValue"]]}
