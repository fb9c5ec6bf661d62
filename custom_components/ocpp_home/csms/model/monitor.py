"""What a station tells by itself: monitors of its variables (OCPP 2.x), streams of their values, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from .evse import Problem
from .variable import Fold, VariableKey

MOST: Final = 1000
"""Of so many monitors it is known what they are."""
TROUBLES: Final = 200
"""So many things may be wrong at once."""


@dataclass(frozen=True, slots=True)
class Flow:
    """How a stream is sent: at the latest every `interval` s, at most `values` at once; one of them is given."""

    interval: int | None = None
    values: int | None = None


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor; `kind`, `origin` and `severity` (0 danger to 9 debug) in the specification's words."""

    key: VariableKey
    kind: str
    value: float
    severity: int
    id: int | None = None
    transaction: bool = False
    """Whether it only watches during transactions."""
    origin: str = "CustomMonitor"
    flow: Flow | None = None
    """How its values are streamed (2.1)."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What became of a monitor: it is set with its id (`Accepted`), or why not in the station's word."""

    monitor: Monitor
    status: str


@dataclass(frozen=True, slots=True)
class Stream:
    """Values of a monitor that come without being answered (2.1)."""

    id: int
    monitor: int
    flow: Flow


@dataclass(slots=True)
class Watch:
    """What is known of the monitors of one station."""

    monitors: dict[int, Monitor] = field(default_factory=dict)
    streams: dict[int, Stream] = field(default_factory=dict)
    asking: bool = False
    """Whether monitors are being set whose ids are not known yet."""
    troubles: dict[Fold, tuple[int, Problem]] = field(default_factory=dict)
    """What is wrong, the oldest first, each with its EVSE (0: the station)."""

    def note(self, monitor: Monitor) -> bool:
        """Take over what is known of a monitor; tell whether there was room for it."""
        room = monitor.id in self.monitors or len(self.monitors) < MOST
        if room:
            self.monitors[monitor.id or 0] = monitor
        return room

    def trouble(self, fold: Fold, evse: int, problem: Problem) -> bool:
        """Note what is wrong; tell whether there was room for it."""
        room = fold in self.troubles or len(self.troubles) < TROUBLES
        if room:
            self.troubles[fold] = (evse, problem)
        return room

    def problem(self, evse: int) -> Problem | None:
        """What has been wrong the longest."""
        return next((problem for where, problem in self.troubles.values() if where == evse), None)


class Monitoring(Protocol):
    """Let a station tell by itself what changes."""

    async def base(self, base: str) -> None:
        """Activate a set of monitors: All, FactoryDefault or HardWiredOnly."""

    async def level(self, severity: int) -> None:
        """Let only events be told that are at least so severe (0 to 9, 0 the worst)."""

    async def watch(self, monitors: Sequence[Monitor]) -> list[Watched]:
        """Set monitors, or replace those with an id."""

    async def clear(self, ids: Sequence[int]) -> dict[int, str]:
        """Remove monitors; gives the station's word for each."""

    async def monitors(self, criteria: Sequence[str] = (), names: Sequence[VariableKey] = ()) -> list[Monitor]:
        """The monitors there are, all without criteria; one without a variable is the whole component."""


class Streams(Protocol):
    """Streams of values (2.1)."""

    async def streams(self) -> list[Stream]:
        """The streams that are open."""

    async def adjust(self, stream: int, flow: Flow) -> None:
        """Change how a stream is sent."""
