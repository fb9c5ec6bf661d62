"""What the readings of a transaction come to: its newest register value and the highest power."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from ..model.meter import Meter, Quantity, Reading
from ..model.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest register value (Wh), when it was measured, and the highest power (W)."""

    meter_last: float | None = None
    meter_last_at: datetime | None = None
    peak_power: float | None = None

    def after(self, readings: Iterable[Reading]) -> Progress:
        """The progress with further readings, in whatever order they come; of two at one moment the larger counts."""
        progress = self
        for at, together in groupby(sorted(readings, key=attrgetter("at", "value")), key=attrgetter("at")):
            meter = Meter()
            meter.update(together)
            progress = progress._at(at, meter.total(Quantity.ENERGY_IMPORT), meter.total(Quantity.POWER))
        return progress

    def _at(self, at: datetime, energy: float | None, power: float | None) -> Progress:
        peak = power if self.peak_power is None or power is None else max(self.peak_power, power)
        peak = self.peak_power if peak is None else peak
        if energy is None or (self.meter_last_at is not None and at < self.meter_last_at):
            return Progress(self.meter_last, self.meter_last_at, peak)
        if at == self.meter_last_at and self.meter_last is not None:
            energy = max(energy, self.meter_last)
        return Progress(energy, at, peak)


def progress_of(transaction: Transaction) -> Progress:
    """The progress a transaction has made so far."""
    return Progress(transaction.meter_last, transaction.meter_last_at, transaction.peak_power)
