"""MeterValues (OCPP 1.6 ed. 2 - 4.7) and the `transactionData` of a stop."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..dialogue import clock, register
from ..dialogue.call import Handler, quirks_of
from ..dialogue.fields import whole
from ..model.evse import Evse
from ..model.meter import LINES, Location, Phase, Quantity, Reading
from ..model.station import Station
from ..model.transaction import Transaction
from ..wire.frame import Payload
from . import sampled
from .place import evse_of

CLOSING: Final = timedelta(seconds=60)
"""So long after its end values still belong to a transaction; stations send the last ones after the stop."""
SWAPPED: Final = {
    Quantity.POWER_EXPORT: Quantity.POWER,
    Quantity.CURRENT_EXPORT: Quantity.CURRENT_IMPORT,
    Quantity.ENERGY_EXPORT: Quantity.ENERGY_IMPORT,
}
_EARLY: Final = timedelta(seconds=5)


def meter_values(station: Station, payload: Payload, now: datetime) -> Payload:
    """Record what was measured, and show it where it is news."""
    values = payload.get("meterValue")
    clock.learn(station, sampled.newest(values), now)
    readings = read(station, values, now)
    if not readings:
        return {}
    evse = _evse(station, payload)
    transaction = _transaction(station, evse, payload, readings)
    if evse is None and transaction is not None:
        evse = station.evse(transaction.evse)
    if evse is None:
        if station.meter.update(live(readings, now)):
            station.changed(station)
    elif take(station, evse, transaction, readings, now):
        station.changed(evse)
    return {}


def read(station: Station, values: object, now: datetime) -> list[Reading]:
    """The readings of a list of meter values, with what a station is known to call by the wrong name put right."""
    readings = sampled.readings(station, values, now)
    if not quirks_of(station).export_is_import:
        return readings
    return [replace(reading, quantity=SWAPPED.get(reading.quantity, reading.quantity)) for reading in readings]


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
    other = {_key(reading) for reading in fresh if reading.context != sampled.BEGIN}
    return [reading for reading in fresh if reading.context != sampled.BEGIN or _key(reading) not in other]


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


def _evse(station: Station, payload: Payload) -> Evse | None:
    """The EVSE that was measured; connector 0 stands for the only one as long as that has no values of its own."""
    evse = evse_of(station, payload)
    if evse is None:
        return None
    if whole(payload, "connectorId"):
        evse.metered = True
    elif evse.metered and whole(payload, "transactionId") is None:
        return None
    return evse


def _transaction(
    station: Station, evse: Evse | None, payload: Payload, readings: Sequence[Reading]
) -> Transaction | None:
    """The transaction that readings belong to: by number, else by connector and time."""
    number = whole(payload, "transactionId")
    current = evse.transaction if evse is not None else None
    if number is not None:
        if current is not None and current.id == str(number):
            return current
        found = station.ledger.find(station.name, str(number))
        if found is not None:
            return found
    at = readings[0].at
    if current is not None and (current.started is None or at >= current.started - _EARLY):
        return current
    previous = evse.previous if evse is not None else None
    if previous is None or previous.stopped is None or previous.started is None:
        return None
    return previous if previous.started - _EARLY <= at <= previous.stopped + CLOSING else None


REQUESTS: Final[dict[str, Handler]] = {"MeterValues": meter_values}
