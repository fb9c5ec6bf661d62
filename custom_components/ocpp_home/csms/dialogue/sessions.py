"""The begin and the end of a charging session as the model has it, and as everybody is told of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from ..model.event import Event, Kind
from ..model.evse import Evse
from ..model.meter import Quantity, Reading
from ..model.remembered import running
from ..model.station import Station
from ..model.transaction import Closing, Transaction
from . import accounts, clock, intake, moments, register

LOST: Final = "Other"
"""The reason of an end that nobody told."""
IMPOSSIBLE: Final = 10_000_000.0
"""More (Wh) than any session delivers."""
FLOWS: Final = (Quantity.POWER, Quantity.POWER_EXPORT, Quantity.CURRENT_IMPORT, Quantity.CURRENT_EXPORT)


def begun(station: Station, evse: Evse, transaction: Transaction, now: datetime) -> None:
    """A transaction is new: it becomes the EVSE's, unless a newer one is or was there, or its end came first."""
    before, previous = evse.transaction, evse.previous
    if transaction.active and previous is not None and transaction.superseded(previous):
        return
    if before is not None and before is not transaction:
        if before.started and transaction.started and before.started > transaction.started:
            return
        lost(station, evse, before, transaction.started or now, now)
    if not transaction.active:
        _past(evse, transaction, now)
        return
    evse.transaction = transaction
    evse.doubtful = None
    if evse.reservation is not None and evse.reservation.id == transaction.reservation:
        evse.reservation = None
    at = transaction.started or now
    if transaction.meter_start is not None:
        register.count(station, evse, transaction.meter_start, at)
    data = {"transaction": transaction.id, "token": transaction.token, "meter_start": transaction.meter_start}
    data_late = {**data, "offline": transaction.offline}
    station.emit(Event(Kind.SESSION_STARTED, at, evse.id, data_late, live=not transaction.offline))
    station.changed(evse)


def close(
    station: Station, transaction: Transaction, closing: Closing, readings: Sequence[Reading], now: datetime
) -> None:
    """Record the end of a transaction and the values that came with it; a repeated one changes nothing."""
    closing = _sane(station, transaction, closing)
    evse = station.evses.get(transaction.evse)
    fresh = transaction.active
    if evse is not None and readings:
        intake.take(station, evse, transaction, readings, now)
    elif readings:
        station.ledger.read(transaction, readings)
    station.ledger.stop(transaction, closing)
    if evse is not None and fresh:
        if closing.meter_stop is not None:
            register.count(station, evse, closing.meter_stop, closing.stopped)
        ended(station, evse, transaction, now)
    else:
        accounts.settle(station, transaction)
        if evse is not None:
            station.changed(evse)


def lost(station: Station, evse: Evse, old: Transaction, at: datetime, now: datetime) -> None:
    """End a transaction whose stop never came, at `at` the latest; a stop that comes yet replaces it."""
    station.count("lost stop")
    end = old.meter_last_at or at
    meter = old.meter_last if old.meter_last is not None else old.meter_start
    station.ledger.stop(old, Closing(stopped=end, meter_stop=meter, reason=LOST))
    ended(station, evse, old, now)


def ended(station: Station, evse: Evse, transaction: Transaction, now: datetime) -> None:
    """A transaction is over: it becomes the previous one, and no energy flows any more."""
    accounts.settle(station, transaction)
    at = transaction.stopped or now
    live = now - at <= clock.LATE
    if evse.transaction is None or evse.transaction.id == transaction.id:
        evse.transaction = evse.doubtful = None
        if live:
            _still(evse, at)
    _past(evse, transaction, at)
    register.save(station, evse, at)
    seconds = (at - transaction.started).total_seconds() if transaction.started else 0.0
    data = {
        "transaction": transaction.id,
        "token": transaction.token,
        "energy": transaction.energy,
        "reason": transaction.reason,
        "duration": max(0.0, seconds),
        "offline": not live,
    }
    station.emit(Event(Kind.SESSION_ENDED, at, evse.id, data, live=live))
    station.changed(evse)


def _past(evse: Evse, transaction: Transaction, now: datetime) -> None:
    """A transaction is over: it is the EVSE's previous one, unless another ended later."""
    at = transaction.stopped or now
    if evse.previous is None or evse.previous.stopped is None or evse.previous.stopped <= at:
        evse.previous = transaction


def _still(evse: Evse, at: datetime) -> None:
    """Nothing flows after the end; many stations never say so."""
    flowing = [known for key, known in evse.meter.readings.items() if key[0] in FLOWS and known.value]
    evse.meter.update(
        Reading(known.quantity, 0.0, max(at, known.at), known.phase, known.location, "Transaction.End")
        for known in flowing
    )


def restore(station: Station) -> None:
    """Bring the EVSEs back to what the ledger holds, after it could not make a record durable."""
    station.heard.clear()
    moments.forget(station)
    for evse in station.evses.values():
        if evse.previous is not None and evse.previous.active:
            evse.previous = None
        evse.transaction = running(station.ledger, station.name, evse.id, evse.previous)
        station.changed(evse)


def _sane(station: Station, transaction: Transaction, closing: Closing) -> Closing:
    """The stop, without a register value that no session can come to (some stations are off by 2^32)."""
    start = transaction.meter_start
    if closing.meter_stop is None or start is None or closing.meter_stop - start < IMPOSSIBLE:
        return closing
    raw = f"meterStop {closing.meter_stop:.12g} after meterStart {start:.12g}"
    station.ledger.quarantine(station.name, "register", raw, f"does not fit transaction {transaction.id}")
    return replace(closing, meter_stop=None, repaired=True)
