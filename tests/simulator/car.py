"""A car: a battery behind a charger that takes what it wants of what it is offered."""

from dataclasses import dataclass

NO_CURRENT = (0.0, 0.0, 0.0)
MINIMUM = 6.0  # IEC 61851-1: a control pilot cannot offer less


@dataclass
class Car:
    """Draws up to `max_current`, follows a new offer after `delay` seconds, tapers when nearly full."""

    battery_wh: float = 60_000.0
    soc: float = 0.4
    phases: int = 3
    max_current: float = 16.0
    min_current: float = MINIMUM
    target_soc: float = 1.0
    delay: float = 0.0
    taper_from: float = 0.8
    efficiency: float = 0.9

    _followed: float = 0.0
    _noticed: float = 0.0
    _waited: float = 0.0

    def draw(self, offered: float, phases: int, seconds: float) -> tuple[float, float, float]:
        """The currents per phase for an offer that has stood for `seconds` since the last look."""
        amps = min(self._follow(offered, seconds), offered, self.max_current, self._taper())
        if amps < self.min_current or self.full:
            return NO_CURRENT
        used = min(self.phases, phases)
        return (amps, amps if used > 1 else 0.0, amps if used > 2 else 0.0)

    def charge(self, watt_hours: float) -> None:
        """Take energy into the battery."""
        self.soc = min(1.0, self.soc + watt_hours * self.efficiency / self.battery_wh)

    @property
    def full(self) -> bool:
        """Whether the car wants no more."""
        return self.soc >= self.target_soc

    def _taper(self) -> float:
        if self.soc <= self.taper_from:
            return self.max_current
        left = (1.0 - self.soc) / (1.0 - self.taper_from)
        return max(self.min_current, self.max_current * left)

    def _follow(self, offered: float, seconds: float) -> float:
        if offered != self._noticed:
            self._noticed, self._waited = offered, 0.0
        else:
            self._waited += seconds
        if self._waited >= self.delay:
            self._followed = offered
        return self._followed
