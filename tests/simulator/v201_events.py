"""TransactionEvent and MeterValues as 2.x writes them (OCPP 2.0.1 ed. 3 - E, J)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from . import metering
from .clock import stamp
from .connector import Connector
from .oddities import Payload
from .outbox import Message
from .record import Transaction

if TYPE_CHECKING:
    from .machine import Machine

STARTED, UPDATED, ENDED = "Started", "Updated", "Ended"
TRIGGERS = {metering.CLOCK: "MeterValueClock", metering.PERIODIC: "MeterValuePeriodic", metering.TRIGGER: "Trigger"}


@dataclass
class Event:
    """What one TransactionEvent is to tell besides what every one tells."""

    kind: str
    trigger: str
    tag: str | None = None
    buckets: list[Payload] = field(default_factory=list)
    stopped: str = ""
    evse: bool = False
    about: Payload = field(default_factory=dict)  # more for transactionInfo
    state: str = ""  # when it is told before the power path is closed


def token(machine: Machine, tag: str) -> Payload:
    """IdTokenType; a card of an unknown kind is an ISO 14443 one."""
    kinds: dict[str, str] = machine.shelf.setdefault("kinds", {})
    kind = kinds.get(tag.casefold(), "ISO14443") if tag else "NoAuthorization"
    return {"idToken": tag, "type": kind}


def tag_of(machine: Machine, wanted: Payload) -> str:
    """The tag in an IdTokenType, whose kind is remembered."""
    tag = str(wanted["idToken"])
    machine.shelf.setdefault("kinds", {})[tag.casefold()] = wanted["type"]
    return tag


def begin(machine: Machine, connector: Connector, tag: str | None) -> Transaction:
    """A new transaction in the record, without any message yet."""
    transaction = Transaction(connector.number, tag or "", machine.clock.now(), connector.meter.register)
    transaction.id, transaction.authorized = str(uuid4()), tag is not None
    machine.record.append(transaction)
    connector.transaction, connector.denied = transaction, tag is None
    connector.sampled_at, connector.finished, connector.timed_out = transaction.started, False, False
    return transaction


def tell(machine: Machine, connector: Connector, event: Event) -> Message:
    """Queue a TransactionEvent for the connector's transaction."""
    transaction = connector.transaction
    assert transaction is not None
    payload = _payload(machine, connector, transaction, event)
    transaction.seq += 2 if machine.oddities.seq_gaps and transaction.seq == 1 else 1
    transaction.events.append(payload)
    message = Message("TransactionEvent", lambda: _copy(payload), same_id_on_retry=machine.dialect.SAME_ID_ON_RETRY)
    message.same_id_on_retry |= machine.oddities.same_id_on_retry
    message.learn = lambda answer: heard(machine, transaction, answer)
    machine.outbox.keep(message)
    return message


def heard(machine: Machine, transaction: Transaction, answer: Payload | None) -> None:
    """What any answer to a TransactionEvent may tell."""
    if answer is not None and "totalCost" in answer:
        transaction.total_cost = answer["totalCost"]
    if answer is not None and "transactionLimit" in answer:
        supported = machine.configuration.items("TxCtrlr.SupportedLimits")
        if unknown := sorted(answer["transactionLimit"].keys() - set(supported)):
            machine.violations.append(f"E16.FR.12: {', '.join(unknown)} is no limit of this station")
        transaction.limit |= {name: value for name, value in answer["transactionLimit"].items() if name in supported}


def _payload(machine: Machine, connector: Connector, transaction: Transaction, event: Event) -> Payload:
    about: Payload = {"transactionId": transaction.id}
    state = event.state or charging_state(connector)
    if event.kind != ENDED and state != transaction.charging_state:
        about["chargingState"] = transaction.charging_state = state
    if event.stopped:
        about["stoppedReason"] = event.stopped
    if transaction.remote_start is not None:
        about["remoteStartId"] = transaction.remote_start
    about |= event.about
    payload: Payload = {
        "eventType": event.kind,
        "timestamp": stamp(machine.clock.now()),
        "triggerReason": event.trigger,
        "seqNo": transaction.seq,
        "transactionInfo": about,
    }
    payload |= {} if machine.online else {"offline": True}
    if event.kind == STARTED or event.evse:
        payload["evse"] = _evse(machine, connector)
    if event.tag is not None:
        payload["idToken"] = token(machine, event.tag)
    if transaction.reservation is not None and event.kind == STARTED:
        payload["reservationId"] = transaction.reservation
    if event.buckets:
        payload["meterValue"] = event.buckets
    return payload


def _evse(machine: Machine, connector: Connector) -> Payload:
    if machine.oddities.no_connector_id or not connector.plugged:
        return {"id": connector.evse}  # E: the connector is known once the cable is in
    return {"id": connector.evse, "connectorId": connector.position}


def charging_state(connector: Connector) -> str:
    """ChargingStateEnumType."""
    transaction = connector.transaction
    if not connector.plugged:
        return "Idle"
    if transaction is None or not transaction.authorized:
        return "EVConnected"
    words = {"Faulted": "SuspendedEVSE"}
    status = connector.status
    return words.get(status, status)


def sampled(machine: Machine, connector: Connector, transaction: Transaction | None, bucket: Payload) -> Message:
    """A reading: in the transaction's next event, or in a MeterValues of its own; the message is not queued yet."""
    worded_bucket = worded(bucket)
    if transaction is None:
        payload: Payload = {"evseId": connector.evse, "meterValue": [worded_bucket]}
        return Message("MeterValues", lambda: _copy(payload))
    context = str(bucket["sampledValue"][0]["context"])
    event = Event(UPDATED, TRIGGERS[context], buckets=[worded_bucket])
    message = tell(machine, connector, event)
    machine.outbox.kept.remove(message)
    return message


def worded(bucket: Payload) -> Payload:
    """A MeterValueType: numbers are numbers, and units have a type of their own."""
    return {"timestamp": bucket["timestamp"], "sampledValue": [_value(sample) for sample in bucket["sampledValue"]]}


def _value(sample: Payload) -> Payload:
    value = {name: part for name, part in sample.items() if name != "unit"} | {"value": float(sample["value"])}
    return value | ({"unitOfMeasure": {"unit": sample["unit"]}} if "unit" in sample else {})


def readings(machine: Machine, connector: Connector, setting: str, context: str) -> list[Payload]:
    """The MeterValues that a setting of SampledDataCtrlr asks for; none or one."""
    bucket = metering.take(machine, connector, machine.configuration.items(f"SampledDataCtrlr.{setting}"), context)
    return [worded(bucket)] if bucket else []


def _copy(payload: Payload) -> Payload:
    copied = dict(payload)
    if "meterValue" in payload:
        copied["meterValue"] = [
            {**bucket, "sampledValue": [dict(value) for value in bucket["sampledValue"]]}
            for bucket in payload["meterValue"]
        ]
    return copied
