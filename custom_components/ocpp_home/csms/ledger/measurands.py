"""Readings as rows: what is measured, where and why is one small number."""

from collections.abc import Iterable
from typing import Final

from ..model.meter import Location, Phase, Quantity, Reading
from .rows import Row, Write, microseconds, moment, plain

MANY: Final = 1000
"""So many measurands no station has by itself; from then on an unknown context is `Other`."""

EXPLAIN: Final = "INSERT INTO measurands (key, quantity, phase, location, context) VALUES (?, ?, ?, ?, ?)"
READ: Final = (
    "INSERT INTO readings (transaction_key, at, measurand, value, signed) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
    "SET signed = excluded.signed WHERE readings.signed IS NULL AND excluded.signed IS NOT NULL"
)
"""Of what is told twice the first value stays; a signature may come after it."""
KNOWN: Final = "SELECT quantity, phase, location, context, key FROM measurands"
READINGS: Final = (
    "SELECT quantity, value, at, phase, location, context, signed FROM readings JOIN measurands "
    "ON measurands.key = measurand WHERE transaction_key = ? ORDER BY at, measurand"
)

type Measurand = tuple[str, str, str, str]


class Measurands:
    """The numbers of the measurands the ledger has seen."""

    def __init__(self, stored: Iterable[Row]) -> None:
        """Begin with rows of KNOWN."""
        self._keys: dict[Measurand, int] = {
            (str(quantity), str(phase), str(location), str(context)): int(key or 0)
            for quantity, phase, location, context, key in stored
        }
        self._next = max(self._keys.values(), default=0) + 1

    def writes(self, transaction_key: int, readings: Iterable[Reading]) -> tuple[list[Write], list[Measurand]]:
        """The writes that record readings, and the measurands that are new with them."""
        new: list[Measurand] = []
        rows: list[Row] = []
        at, stored = None, 0
        for reading in readings:
            if reading.at is not at:
                at, stored = reading.at, microseconds(reading.at)
            # A member of a StrEnum is the text it stands for, so what was seen before is found without writing it out.
            key = self._keys.get((reading.quantity, reading.phase or "", reading.location, reading.context))
            if key is None:
                measurand = self._measurand(reading)
                if measurand not in self._keys:
                    self._keys[measurand] = self._next
                    self._next += 1
                    new.append(measurand)
                key = self._keys[measurand]
            signed = None if reading.signed is None else plain(reading.signed)
            rows.append((transaction_key, stored, key, reading.value, signed))
        explained: list[Row] = [(self._keys[measurand], *measurand) for measurand in new]
        return [(EXPLAIN, explained), (READ, rows)], new

    def drop(self, measurands: Iterable[Measurand]) -> None:
        """Unlearn measurands whose explanation was not written."""
        for measurand in measurands:
            self._keys.pop(measurand, None)

    def begin_anew(self) -> None:
        """Unlearn all, for the file is a fresh one."""
        self._keys.clear()

    def _measurand(self, reading: Reading) -> Measurand:
        place = str(reading.quantity), str(reading.phase or ""), str(reading.location)
        measurand = (*place, plain(reading.context))
        return measurand if measurand in self._keys or len(self._keys) < MANY else (*place, "Other")


def reading_of(row: Row) -> Reading | None:
    """The reading a row of READINGS holds; None when a damaged file makes it one of no known quantity."""
    quantity, value, at, phase, location, context, signed = row
    try:
        return Reading(
            Quantity(str(quantity)),
            float(value or 0.0),
            moment(int(at or 0)),
            Phase(str(phase)) if phase else None,
            Location(str(location)),
            str(context),
            None if signed is None else str(signed),
        )
    except ValueError:
        return None
