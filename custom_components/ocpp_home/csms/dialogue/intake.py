"""What becomes of readings: recorded with their transaction, counted, and shown where they are news."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..model.evse import Evse
from ..model.meter import LINES, Location, Phase, Quantity, Reading
from ..model.station import Station
from ..model.transaction import Transaction
from . import clock, register
from .sampled import BEGIN

CLOSING: Final = timedelta(seconds=60)
"""So long after its end values still belong to a transaction; stations send the last ones after the stop."""
_EARLY: Final = timedelta(seconds=5)


def take(
    station: Station, evse: Evse, transaction: Transaction | None, readings: Sequence[Reading], now: datetime
) -> bool:
    """Record readings of an EVSE and show the new ones; tell whether there is something to see."""
    sound = _sound(station, evse, transaction, readings)
    if transaction is not None:
        station.ledger.read(transaction, sound)
    for reading in sound:
        if _is_register(reading) and reading.phase is None and (transaction is not None or not evse.relative):
            register.count(station, evse, reading.value, reading.at)
    return evse.meter.update(live(sound, now))


def live(readings: Iterable[Reading], now: datetime) -> list[Reading]:
    """The readings that are news; what was measured at the begin of a transaction only where nothing else was."""
    fresh = [reading for reading in readings if now - reading.at <= clock.LATE]
    other = {_key(reading) for reading in fresh if reading.context != BEGIN}
    return [reading for reading in fresh if reading.context != BEGIN or _key(reading) not in other]


def _key(reading: Reading) -> tuple[Quantity, object, Location]:
    return (reading.quantity, reading.phase, reading.location)


def _is_register(reading: Reading) -> bool:
    return reading.quantity is Quantity.ENERGY_IMPORT and reading.location is Location.OUTLET


def _sound(station: Station, evse: Evse, transaction: Transaction | None, readings: Sequence[Reading]) -> list[Reading]:
    """The readings, registers of single phases summed, without register values that make no sense in a transaction."""
    readings = [*readings, *_sums(evse, readings)]
    if transaction is None:
        return readings
    sound = [reading for reading in readings if not _is_register(reading)]
    fitting = set()
    for reading in readings:
        if not _is_register(reading) or reading.phase is not None:
            continue
        value = register.continued(station, evse, transaction, reading.value, reading.at)
        if value is not None:
            sound.append(reading if value == reading.value else replace(reading, value=value))
            fitting.add(reading.at)
        else:
            station.count("odd register value")
            raw = f"{reading.value:.12g} Wh at {reading.at.isoformat()}"
            station.ledger.quarantine(station.name, "register", raw, f"does not fit transaction {transaction.id}")
    phases = (reading for reading in readings if _is_register(reading) and reading.phase is not None)
    return [*sound, *(reading for reading in phases if reading.at in fitting)]


def _sums(evse: Evse, readings: Iterable[Reading]) -> Iterable[Reading]:
    """The energy registers of a station that reports them by phase only, where all its phases are there."""
    known = {phase for phase in LINES if evse.meter.at(Quantity.ENERGY_IMPORT, phase) is not None}
    lines: dict[datetime, dict[Phase, Reading]] = {}
    told = set()
    for reading in readings:
        if _is_register(reading) and reading.phase is None:
            told.add(reading.at)
        elif _is_register(reading) and reading.phase in LINES:
            lines.setdefault(reading.at, {})[reading.phase] = reading
    for at, phases in lines.items():
        if at not in told and phases.keys() >= known:
            first = next(iter(phases.values()))
            yield replace(first, phase=None, value=sum(reading.value for reading in phases.values()))


def transaction_at(evse: Evse | None, at: datetime) -> Transaction | None:
    """The transaction of an EVSE that something measured at that time belongs to."""
    current = evse.transaction if evse is not None else None
    if current is not None and (current.started is None or at >= current.started - _EARLY):
        return current
    previous = evse.previous if evse is not None else None
    if previous is None or previous.stopped is None or previous.started is None:
        return None
    return previous if previous.started - _EARLY <= at <= previous.stopped + CLOSING else None
