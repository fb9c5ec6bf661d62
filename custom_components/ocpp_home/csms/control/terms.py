"""The words of the controller: what it is told of a site and its cars, and what it says.

All are values. Currents are A per line, power is W, positive towards the house; prices are per kWh, in one currency;
moments are seconds of one clock, whichever.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Final

type Lines = tuple[float, float, float]
"""A of L1, L2 and L3 of the house; what is drawn from the grid is positive."""

VOLTAGE: Final = 230.0
"""Between a line and neutral."""
FLOOR: Final = 6.0
"""A car cannot charge with less (A): IEC 61851-1, the lowest duty cycle of the control pilot."""


class Limiter(StrEnum):
    """Who decides how much an EVSE gets."""

    CAR = "car"
    STATION = "station"
    FUSE = "fuse"
    SUN = "sun"
    PLAN = "plan"
    GRID = "grid"
    USER = "user"
    HOLD = "hold"
    """It waits: a pause or a change of phases has to last."""
    STALE = "stale"
    """A measurement is missing."""
    FULL = "full"
    """The car has what it shall have."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """A fuse and what hangs behind it."""

    name: str
    rating: Lines
    parent: str | None = None
    """The circuit that feeds it; None: it is the main fuse."""
    load: Lines | None = None
    """What flows there besides the EVSEs of the demands (A, signed); None: not known, or told too long ago."""


@dataclass(frozen=True, slots=True)
class Site:
    """What is true of the house at a moment."""

    circuits: tuple[Circuit, ...]
    surplus: float | None = None
    """What would flow to the grid if no EVSE drew anything (W; negative: what would come from it); None: not known."""
    price: float = 0.30
    feed_in: float = 0.08
    dimmed: float | None = None
    """What all EVSEs together may draw (W) while the grid operator asks for less."""
    peak: float | None = None
    """What may come from the grid (W) without making the month dearer (capacity tariff)."""
    asymmetry: float | None = None
    """By how much (A) the lines may differ because of EVSEs."""
    margin: float = 0.5
    """What is left free on every line (A)."""
    fallback: float = FLOOR
    """What an EVSE gets while the load of a circuit is not known (A)."""
    voltage: float = VOLTAGE


@dataclass(frozen=True, slots=True)
class Demand:
    """An EVSE with a car that could charge."""

    evse: str
    circuit: str
    lines: tuple[int, ...] = (0, 1, 2)
    """To which line of the house its phases lead, first to last; empty: not known, so it may load any of them."""
    phases: tuple[int, ...] = (3,)
    """With how many phases it can charge: (1,), (3,), (1, 3); (1, 3) can be switched."""
    minimum: float = FLOOR
    maximum: float = 16.0
    """What station, cable and car bear (A per phase), and nobody wishes less."""
    value: float = inf
    """What a kWh is worth to this car now: -inf never charge, inf always; between them sun and price decide."""
    steady: bool = False
    """It charges at least with its minimum, sun or no sun."""
    priority: float = 0.0
    """Who has more is served first."""
    drawn: Lines | None = None
    """What it draws now (A per line of the house), None: not known."""
    charging: bool = False
    """Whether energy flows now."""
    step: float = 1.0
    """By which steps its limit can be set (A)."""
    reserve: bool = True
    """Whether it takes what it is given; a car that has ended charging leaves its share to others."""
    bound: Limiter = Limiter.STATION
    """Who sets the maximum."""
    planned: bool = False
    """Whether its value is that of a day plan."""
    veto: Limiter = Limiter.USER
    """Who says that it shall never charge, where a kWh is worth -inf."""


@dataclass(frozen=True, slots=True)
class Share:
    """What an EVSE shall get."""

    evse: str
    amps: float
    """Per phase; 0: it does not charge."""
    phases: int
    """With how many phases."""
    limiter: Limiter
    """Why it is not more."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How quick and how restless the controller may be; seconds, A, and the currency of the prices."""

    rise_after: float = 30.0
    """So long more room must have been on a line before it is used; less room counts at once."""
    rise_by: float = 2.0
    """By so much (A) the room must have grown."""
    restart_after: float = 120.0
    """So long a charge that found no room waits before it begins again."""
    restart_spare: float = 1.0
    """So much more than its minimum (A) must be free then."""
    turn: float = 3600.0
    """So long one charges before it gives way to another of the same priority that waits."""
    start: float = 0.005
    """What a start and its stop cost."""
    contactor: float = 0.005
    """What a change of phases costs."""
    dwell: float = 120.0
    """The least time between two changes of phases."""
    session_changes: int = 20
    """So often the phases may change while one car is there; a day later anew."""
    day_changes: int = 30
    """So often in 24 hours, whichever the car."""
    fairness: float = 0.02
    """So much more a kWh counts for a car that would otherwise only watch others of its priority."""
