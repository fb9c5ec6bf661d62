"""evcc's rules, built anew from a description of them; the numbers of its sections stand beside each part.

It is a baseline: how evcc decides, not how it reads devices. Power is W (from the grid: positive), currents are A,
moments and durations are seconds.
"""

from .circuit import Circuit
from .loadpoint import Loadpoint, Mode, Moment, Settings
from .planner import EFFICIENCY, Goal, Slot, plan, required
from .site import Battery, Priorities, site_power

__all__ = [
    "EFFICIENCY",
    "Battery",
    "Circuit",
    "Goal",
    "Loadpoint",
    "Mode",
    "Moment",
    "Priorities",
    "Settings",
    "Slot",
    "plan",
    "required",
    "site_power",
]
