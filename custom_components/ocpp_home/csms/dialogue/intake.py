"""What becomes of readings: recorded with their transaction, counted, and shown where they are news."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model.evse import Evse
from ..model.meter import LINES, Location, Phase, Quantity, Reading
from ..model.station import Station
from ..model.transaction import Transaction
from . import accounts, clock, register
from .sampled import BEGIN

CLOSING: Final = timedelta(seconds=60)
"""So long after its end values still belong to a transaction; stations send the last ones after the stop."""
_EARLY: Final = timedelta(seconds=5)


def take(
    station: Station, evse: Evse, transaction: Transaction | None, readings: Sequence[Reading], now: datetime
) -> bool:
    """Record readings of an EVSE and show the new ones; tell whether there is something to see."""
    registers: list[Reading] = []
    sound: list[Reading] = []
    for reading in readings:
        (registers if _is_register(reading) else sound).append(reading)
    if registers:
        registers = _sound(station, evse, transaction, registers)
        sound += registers
    if transaction is not None:
        station.ledger.read(transaction, sound)
        accounts.settle(station, transaction)
    for reading in registers:
        if reading.phase is None and (transaction is not None or not evse.relative):
            register.count(station, evse, reading.value, reading.at)
    return evse.meter.update(live(sound, now))


def live(readings: Iterable[Reading], now: datetime) -> list[Reading]:
    """The readings that are news; what was measured at the begin of a transaction only where nothing else was."""
    oldest = now - clock.LATE
    fresh = [reading for reading in readings if reading.at >= oldest]
    if not any(reading.context == BEGIN for reading in fresh):
        return fresh
    other = {_key(reading) for reading in fresh if reading.context != BEGIN}
    return [reading for reading in fresh if reading.context != BEGIN or _key(reading) not in other]


def _key(reading: Reading) -> tuple[Quantity, object, Location]:
    return (reading.quantity, reading.phase, reading.location)


def _is_register(reading: Reading) -> bool:
    return reading.quantity is Quantity.ENERGY_IMPORT and reading.location is Location.OUTLET


def _sound(station: Station, evse: Evse, transaction: Transaction | None, registers: list[Reading]) -> list[Reading]:
    """Registers, those of single phases summed, without the values that make no sense in a transaction."""
    phases = [reading for reading in registers if reading.phase is not None]
    if phases:
        registers = [reading for reading in registers if reading.phase is None]
        registers += _sums(evse, {reading.at for reading in registers}, phases)
    if transaction is None:
        return registers + phases
    sound = []
    for reading in registers:
        value = register.continued(station, evse, transaction, reading.value, reading.at)
        if value is not None:
            sound.append(reading if value == reading.value else replace(reading, value=value))
        else:
            station.count("odd register value")
            raw = f"{reading.value:.12g} Wh at {reading.at.isoformat()}"
            station.ledger.quarantine(station.name, "register", raw, f"does not fit transaction {transaction.id}")
    fitting = {reading.at for reading in sound}
    return sound + [reading for reading in phases if reading.at in fitting]


def _sums(evse: Evse, told: Container[datetime], registers: Iterable[Reading]) -> Iterable[Reading]:
    """The registers of a station that reports them by phase, where all its phases are there and no sum was told."""
    known = {phase for phase in LINES if evse.meter.at(Quantity.ENERGY_IMPORT, phase) is not None}
    lines: dict[datetime, dict[Phase, Reading]] = {}
    for reading in registers:
        if reading.phase in LINES:
            lines.setdefault(reading.at, {})[reading.phase] = reading
    for at, phases in lines.items():
        if at not in told and phases.keys() >= known:
            first = next(iter(phases.values()))
            yield replace(first, phase=None, value=sum(reading.value for reading in phases.values()))


def transaction_of(evse: Evse | None, readings: Sequence[Reading]) -> Transaction | None:
    """The transaction of an EVSE that what was measured at a time belongs to.

    Of one that has ended the register stands still: where it goes on, another runs whose begin is not known yet.
    """
    at = readings[0].at
    current = evse.transaction if evse is not None else None
    if current is not None and (current.started is None or at >= current.started - _EARLY):
        return current
    previous = evse.previous if evse is not None else None
    if previous is None or previous.stopped is None or previous.started is None:
        return None
    if not previous.started - _EARLY <= at <= previous.stopped + CLOSING:
        return None
    return None if at > previous.stopped and _goes_on(previous, readings) else previous


def _goes_on(ended: Transaction, readings: Iterable[Reading]) -> bool:
    """Whether the register reads more than it did at an end that was told."""
    stop = None if ended.presumed else ended.meter_stop
    told = [reading.value for reading in readings if _is_register(reading) and reading.phase is None]
    return stop is not None and any(value > stop + register.ROUNDED for value in told)
