"""2.2, available power: what a loadpoint is told of the site."""

from collections.abc import Sequence
from dataclasses import dataclass

from .loadpoint import Mode


@dataclass(frozen=True, slots=True)
class Battery:
    """The battery of the house; discharging is positive."""

    power: float = 0.0
    soc: float = 100.0
    priority_soc: float = 0.0
    buffer_soc: float = 0.0
    buffer_start_soc: float = 0.0

    @property
    def first(self) -> bool:
        """It is filled before any car."""
        return self.soc < self.priority_soc

    @property
    def buffered(self) -> bool:
        """A car that charges may go on from the battery."""
        return not self.first and self.buffer_soc > 0 and self.soc > self.buffer_soc

    @property
    def start(self) -> bool:
        """A car may start from the battery."""
        return not self.first and self.buffer_start_soc > 0 and self.soc >= self.buffer_start_soc


@dataclass(frozen=True, slots=True)
class Priorities:
    """What loadpoints of other priorities draw, or wait for."""

    lower: Sequence[tuple[Mode, float, float]] = ()
    """Those below: mode, power and least power (W)."""
    reserved: float = 0.0
    """The greatest power of those above whose enable timer runs."""

    @property
    def flexible(self) -> float:
        """What those below would give up."""
        gives = {Mode.PV: lambda power, _: power, Mode.MINPV: lambda power, least: max(0.0, power - least)}
        return sum(gives[mode](power, least) for mode, power, least in self.lower if mode in gives)


def site_power(
    grid: float,
    battery: Battery = Battery(),
    *,
    residual: float = 0.0,
    aux: float = 0.0,
    priorities: Priorities = Priorities(),
) -> float:
    """What is missing (positive) or left over (negative) for a loadpoint."""
    power = battery.power
    if battery.first:
        residual = residual if residual > 0 else 100.0
        power = power if power > 0 else 0.0
    return grid + power + residual - aux - priorities.flexible + priorities.reserved
