"""When meter values are taken and where they go (OCPP 1.6 ed. 2 - 3.16 and 4.7)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .clock import stamp
from .connector import Connector
from .measurands import REGISTER, sampled_values
from .oddities import Payload
from .outbox import Message
from .record import Sample, Transaction

if TYPE_CHECKING:
    from .machine import Machine

PERIODIC = "Sample.Periodic"
CLOCK = "Sample.Clock"
BEGIN = "Transaction.Begin"
END = "Transaction.End"
TRIGGER = "Trigger"


def due(machine: Machine, now: datetime) -> None:
    """Take the samples whose time has come."""
    interval = machine.configuration.number("MeterValueSampleInterval")
    for connector in machine.live:
        since = connector.sampled_at
        if connector.transaction and interval and since and now - since >= timedelta(seconds=interval):
            connector.sampled_at = now
            _periodic(machine, connector)
    if machine.agenda.aligned is not None and now >= machine.agenda.aligned:
        _aligned(machine, machine.agenda.aligned)
        machine.agenda.aligned = next_aligned(machine, now)


def next_aligned(machine: Machine, now: datetime) -> datetime | None:
    """The next of the evenly spaced moments since midnight (3.16.2)."""
    interval = machine.configuration.number("ClockAlignedDataInterval")
    if not interval:
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(seconds=interval)
    return midnight + ((now - midnight) // step + 1) * step


def send(machine: Machine, connector: Connector, names: list[str], context: str, at: datetime | None = None) -> None:
    """Queue one MeterValues message for a connector."""
    transaction = connector.transaction
    bucket = take(machine, connector, names, context, at)
    if bucket is None:
        return
    message = machine.dialect.sampled(machine, connector, transaction, bucket)
    if REGISTER in names:
        sample = Sample(at or machine.clock.now(), connector.meter.register, context)
        (transaction.samples if transaction else machine.registers).append(sample)
        _acknowledge(message, sample)
    machine.outbox.keep(message)


def _acknowledge(message: Message, sample: Sample) -> None:
    learn = message.learn

    def both(answer: Payload | None) -> None:
        sample.acknowledged = answer is not None
        learn(answer)

    message.learn = both


def triggered(machine: Machine, connector: Connector) -> None:
    """Send "the most recent measurements for all measurands configured in MeterValuesSampledData" (5.17)."""
    send(machine, connector, machine.configuration.items("MeterValuesSampledData"), TRIGGER)


def begin(machine: Machine, connector: Connector, transaction: Transaction) -> None:
    """A transaction has started: what StopTransaction is to carry begins here (errata 3.14)."""
    connector.sampled_at = transaction.started
    _collect(machine, connector, transaction, BEGIN)
    if machine.oddities.begin_end_values:
        send(machine, connector, machine.configuration.items("MeterValuesSampledData"), BEGIN)


def end(machine: Machine, connector: Connector, transaction: Transaction) -> None:
    """A transaction stops: its last values."""
    _collect(machine, connector, transaction, END)
    if machine.oddities.begin_end_values:
        send(machine, connector, machine.configuration.items("MeterValuesSampledData"), END)


def _periodic(machine: Machine, connector: Connector) -> None:
    if machine.oddities.periodic_values:
        send(machine, connector, machine.configuration.items("MeterValuesSampledData"), PERIODIC)
    assert connector.transaction is not None
    _collect(machine, connector, connector.transaction, PERIODIC)


def _aligned(machine: Machine, at: datetime) -> None:
    for connector in (machine.connectors[0], *machine.live):
        send(machine, connector, machine.configuration.items("MeterValuesAlignedData"), CLOCK, at)
        if connector.transaction is not None:
            names = machine.configuration.items("StopTxnAlignedData")
            if bucket := take(machine, connector, names, CLOCK, at):
                connector.transaction.data.append(bucket)


def _collect(machine: Machine, connector: Connector, transaction: Transaction, context: str) -> None:
    names = machine.configuration.items("StopTxnSampledData")
    if bucket := take(machine, connector, names, context):
        transaction.data.append(bucket)


def take(
    machine: Machine, connector: Connector, names: list[str], context: str, at: datetime | None = None
) -> Payload | None:
    """A MeterValue element; None when there is nothing to measure."""
    values = sampled_values(names, connector, context)
    return {"timestamp": stamp(at or machine.clock.now()), "sampledValue": values} if values else None
