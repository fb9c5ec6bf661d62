"""Who decides: this project's controller and what it is measured against, all before the same plant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

from custom_components.ocpp_home.csms.control.plan import Memory, plan
from custom_components.ocpp_home.csms.control.terms import Circuit as Fuse, Demand, Site, Tuning

from . import evcc
from .plant import VOLTAGE, Lines, Order, Outlet, Reading


@dataclass(slots=True)
class Fixed:
    """No control: full speed, always."""

    outlets: Sequence[Outlet]

    def orders(self, reading: Reading) -> list[Order]:
        """As much as each can."""
        return [Order(outlet.maximum, max(outlet.phases)) for outlet in self.outlets]


class Evcc:
    """evcc's rules: every 30 s it is the turn of one loadpoint; the others stay as they are."""

    def __init__(
        self,
        outlets: Sequence[Outlet],
        mode: evcc.Mode = evcc.Mode.PV,
        fuse: float | None = None,
        watts: float | None = None,
        every: float = 30.0,
        **settings: float,
    ) -> None:
        self.circuit = None if fuse is None else evcc.Circuit(fuse)
        self.power = None if watts is None else evcc.Circuit(watts)
        self.points = [
            evcc.Loadpoint(self._settings(outlet, settings), mode, self.circuit, self.power) for outlet in outlets
        ]
        self.planned = False
        self.every = every
        self._turn = 0
        self._next = -inf

    @staticmethod
    def _settings(outlet: Outlet, settings: dict[str, float]) -> evcc.Settings:
        phases = 0 if len(outlet.phases) > 1 else outlet.phases[0]
        return evcc.Settings(maximum=outlet.maximum, phases=phases, vehicle=max(outlet.phases), **settings)  # type: ignore[arg-type] - floats are theirs

    def orders(self, reading: Reading) -> list[Order]:
        """What all have been set to, after the turn of one if it is time."""
        if reading.now >= self._next:
            self._next = reading.now + self.every
            self._take_turn(reading)
        return [Order(point.offered if point.enabled else 0.0, point.phases) for point in self.points]

    def _take_turn(self, reading: Reading) -> None:
        number = self._turn % len(self.points)
        self._turn += 1
        if self.circuit is not None:
            self.circuit.read(reading.grid, reading.now)
        grid = VOLTAGE * sum(reading.grid)
        if self.power is not None:
            self.power.read((grid,), reading.now)
        drawn = reading.drawn[number]
        self.points[number].update(
            evcc.Moment(
                reading.now,
                site=evcc.site_power(grid),
                charging=reading.charging[number],
                currents=drawn,
                power=VOLTAGE * sum(drawn),
                planned=self.planned,
            )
        )


@dataclass(slots=True)
class OpenWb:
    """Rules as of openWB 2 out of the box: thresholds with delays, a slow change of phases, every 10 s."""

    outlet: Outlet
    on_above: float = 1500.0
    on_delay: float = 30.0
    off_below: float = -5.0
    off_delay: float = 60.0
    phase_delay: float = 480.0
    _on: bool = False
    _phases: int = 1
    _amps: float = 0.0
    _next: float = -inf
    _since: float | None = None
    _phase_since: float | None = None

    def orders(self, reading: Reading) -> list[Order]:
        """What it has set, after a look at the meter if it is time."""
        if reading.now >= self._next:
            self._next = reading.now + 10
            self._decide(reading)
        return [Order(self._amps if self._on else 0.0, self._phases)]

    def _decide(self, reading: Reading) -> None:
        self._phases = min(max(self._phases, min(self.outlet.phases)), max(self.outlet.phases))
        volts = self._phases * VOLTAGE
        self._amps = min(max(reading.surplus / volts, 6.0), self.outlet.maximum)
        export = reading.surplus - (self._amps * volts if self._on else 0.0)
        if not self._on:
            if self._lasts(export > self.on_above, self.on_delay, reading.now):
                self._on, self._since = True, None
        elif self._lasts(export < self.off_below and self._amps == 6, self.off_delay, reading.now):
            self._on, self._since = False, None
        else:
            self._change(reading)

    def _lasts(self, condition: bool, delay: float, now: float) -> bool:
        self._since = (now if self._since is None else self._since) if condition else None
        return self._since is not None and now - self._since >= delay

    def _change(self, reading: Reading) -> None:
        other = 3 if self._phases == 1 else 1
        up = self._phases == 1 and reading.surplus > max(3680, 4140)
        down = self._phases == 3 and reading.surplus < 4140
        if other not in self.outlet.phases or not (up or down):
            self._phase_since = None
            return
        self._phase_since = reading.now if self._phase_since is None else self._phase_since
        if reading.now - self._phase_since >= self.phase_delay:
            self._phases, self._phase_since = other, None


@dataclass(slots=True)
class Wanted:
    """What an EVSE of ours is told of the wishes of its driver."""

    value: float = inf
    steady: bool = False


@dataclass(slots=True)
class Ours:
    """This project's controller, on every report of the meter."""

    outlets: Sequence[Outlet]
    value: float = inf
    price: float = 0.32
    feed_in: float = 0.08
    fuse: float | None = None
    stale_after: float = 15.0
    tuning: Tuning = field(default_factory=Tuning)
    peak: Callable[[Reading], float | None] = lambda _: None
    memory: Memory = field(default_factory=Memory)
    _seen: float = 0.0

    def orders(self, reading: Reading) -> list[Order]:
        """One solve over all EVSEs."""
        self._seen = reading.now if reading.fresh else self._seen
        stale = reading.now - self._seen > self.stale_after
        outcome = plan(self._site(reading, stale=stale), self._demands(reading), reading.now, self.memory, self.tuning)
        self.memory = outcome.memory
        return [Order(share.amps, share.phases) for share in outcome.shares]

    def _site(self, reading: Reading, *, stale: bool) -> Site:
        rating = (self.fuse or 1000.0,) * 3
        load: Lines | None = None if stale else reading.house
        return Site(
            (Fuse("main", rating, load=load),),
            None if stale else reading.surplus,
            self.price,
            self.feed_in,
            peak=self.peak(reading),
        )

    def _demands(self, reading: Reading) -> list[Demand]:
        return [
            Demand(
                f"evse {number}",
                "main",
                outlet.lines,
                outlet.phases,
                maximum=outlet.maximum,
                value=self.value,
                drawn=reading.drawn[number],
                charging=reading.charging[number],
                step=outlet.step,
            )
            for number, outlet in enumerate(self.outlets)
        ]
