"""The home battery: how much of the sun is for cars, and when it must not feed them.

Power is W; that of the grid is positive when it comes into the house, that of the battery when it discharges.
"""

from dataclasses import dataclass
from math import inf
from typing import Final

RESIDUAL: Final = 100.0
"""What is left to the grid while the battery goes first, so that it always finds a surplus to take (W)."""
SLACK: Final = 200.0
"""A little more than the sun gives is not yet charging from the grid (W)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the owner wants of the battery; states of charge are percent."""

    priority: float = 0.0
    """Below it, the battery takes the sun before the cars."""
    buffer: float = inf
    """Above it, the battery helps a car that charges over clouds."""
    start: float = inf
    """From it on, the battery also lets a car start."""
    discharge: float = 0.0
    """How much it can give (W)."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What flows now."""

    grid: float
    cars: float = 0.0
    battery: float = 0.0
    soc: float = 0.0


def surplus(flow: Flow, rules: Rules, least: float = 0.0) -> float:
    """What would flow to the grid if no car drew: the surplus cars may share; `least` is what one needs to charge."""
    rest = flow.cars - flow.grid
    if flow.soc < rules.priority:
        return rest - max(flow.battery, 0.0) - RESIDUAL
    rest -= flow.battery
    return max(rest, min(least, rest + rules.discharge)) if helps(flow, rules) else rest


def helps(flow: Flow, rules: Rules) -> bool:
    """Whether what the battery holds is for cars too."""
    if flow.soc < rules.priority:
        return False
    return flow.soc >= rules.start or (flow.soc > rules.buffer and flow.cars > 0)


def locked(flow: Flow, rules: Rules) -> bool:
    """Whether the battery must not discharge: cars take more than the sun gives, on purpose, and it is not for them."""
    sunny = flow.cars - flow.grid - flow.battery
    return flow.cars > max(sunny, 0.0) + SLACK and not helps(flow, rules)
