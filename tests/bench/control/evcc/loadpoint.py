"""2.3 and 2.4, a loadpoint: its modes, its timers, and how much current the surplus is."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf, trunc
from typing import Final

from .circuit import Circuit

VOLTAGE: Final = 230.0
SETTLING: Final = 60.0
"""So long (s) after a change of phases nothing is concluded from what is measured."""
ELAPSED: Final = -inf
"""When a timer began that is to have run out whatever its delay."""


class Mode(StrEnum):
    """What the user chose."""

    OFF = "off"
    PV = "pv"
    MINPV = "minpv"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Settings:
    """A loadpoint as it comes out of the box."""

    minimum: float = 6.0
    maximum: float = 16.0
    phases: int = 0
    """1 or 3: fixed; 0: switched by the surplus."""
    vehicle: int | None = None
    """How many phases the car uses; None: not known."""
    enable_threshold: float = 0.0
    enable_delay: float = 60.0
    disable_threshold: float = 0.0
    disable_delay: float = 180.0
    coarse: bool = True
    """Only whole amperes can be set."""
    smart_cost: float | None = None
    """At this price and below it charges at full speed."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a loadpoint is told in its turn."""

    now: float
    site: float = 0.0
    charging: bool = False
    currents: tuple[float, float, float] | None = None
    """Measured, per phase."""
    power: float = 0.0
    connected: bool = True
    price: float | None = None
    planned: bool = False
    """A slot of the plan is running."""
    battery_start: bool = False
    battery_buffered: bool = False
    climater: bool = False


class Loadpoint:
    """One EVSE under evcc's rules; `update` is its turn, `offered` and `phases` what it has set."""

    def __init__(
        self,
        settings: Settings,
        mode: Mode = Mode.PV,
        circuit: Circuit | None = None,
        power_circuit: Circuit | None = None,
    ) -> None:
        self.settings = settings
        self.mode = mode
        self.circuit = circuit
        """The fuse it hangs behind, in A."""
        self.power_circuit = power_circuit
        """The same or another, in W."""
        self.offered = 0.0
        self.enabled = False
        self.phases = settings.phases or 3
        self.switched_at = ELAPSED
        self.pv_timer: float | None = ELAPSED
        self.phase_timer: float | None = None
        self._connected = False

    def update(self, moment: Moment) -> None:
        """2.3: the first rule that matches says how much current there shall be."""
        if moment.connected and not self._connected:
            self.pv_timer = ELAPSED
        self._connected = moment.connected
        if not moment.connected or self.mode is Mode.OFF:
            self.set_limit(0.0, moment)
        elif self.mode is Mode.NOW or moment.planned or self._cheap(moment):
            self._fast(moment)
        else:
            self.set_limit(self.pv_max_current(moment), moment)

    def _cheap(self, moment: Moment) -> bool:
        limit = self.settings.smart_cost
        return limit is not None and moment.price is not None and moment.price <= limit

    def _fast(self, moment: Moment) -> None:
        if self.settings.phases == 0:
            self._scale(3 if self._fed(3, moment) else 1, moment.now)
        self.set_limit(self.settings.maximum, moment)
        self.pv_timer = ELAPSED

    # --- 2.4 phases ---------------------------------------------------------------------------------------------------
    def measured_phases(self, moment: Moment) -> int | None:
        """How many phases carry current; None: not known, or too soon to say."""
        if moment.currents is None or not moment.charging or moment.now - self.switched_at < SETTLING:
            return None
        return sum(amps > 1 for amps in moment.currents) or None

    def active_phases(self, moment: Moment) -> int:
        """The least of what vehicle, wiring and measurement say; 3 when none says anything."""
        known = (self.settings.vehicle, self.phases, self.measured_phases(moment))
        return min([count for count in known if count is not None], default=3)

    @property
    def max_active_phases(self) -> int:
        """How many phases there would be after switching up."""
        return min(self.settings.vehicle or 3, self.settings.phases or 3)

    def pv_scale_phases(self, moment: Moment) -> int:
        """Change the phases when the surplus has asked for it long enough; to how many, 0: not at all."""
        settings = self.settings
        available = moment.power - moment.site
        if settings.phases == 0 and self.active_phases(moment) > 1 and self._down(available, moment):
            delay = settings.disable_delay if moment.charging else 0.0
            return self._phase_timer(delay, 1, moment.now)
        if (
            settings.phases == 0
            and self.phases < self.max_active_phases
            and available / VOLTAGE > settings.maximum
            and available / (3 * VOLTAGE) >= settings.minimum
            and self._fed(3, moment)
        ):
            return self._phase_timer(settings.enable_delay, 3, moment.now)
        self.phase_timer = None
        return 0

    def _down(self, available: float, moment: Moment) -> bool:
        short = available / (self.active_phases(moment) * VOLTAGE) < self.settings.minimum
        return ((moment.site > 0 or not self.enabled) and short) or not self._fed(self.phases, moment)

    def _phase_timer(self, delay: float, phases: int, now: float) -> int:
        self.phase_timer = now if self.phase_timer is None else self.phase_timer
        if now - self.phase_timer < delay:
            return 0
        self._scale(phases, now)
        return phases

    def _scale(self, phases: int, now: float) -> None:
        if phases != self.phases:
            self.phases, self.switched_at = phases, now
        self.phase_timer = None

    def _fed(self, phases: int, moment: Moment) -> bool:
        """Whether the circuits have room for the least current on so many phases."""
        least = self.settings.minimum
        old = self._effective(moment) if phases == self.phases else 0.0
        return self._capped(old, least, moment, phases) >= least

    def _capped(self, old: float, new: float, moment: Moment, phases: int) -> float:
        """What the circuits let through of a current on so many phases."""
        if self.circuit is not None:
            new = self.circuit.validate(old, new)
        if self.power_circuit is not None:
            volts = phases * VOLTAGE
            new = self.power_circuit.validate(moment.power, new * volts) / volts
        return new

    # --- 2.4 pvMaxCurrent ---------------------------------------------------------------------------------------------
    def _effective(self, moment: Moment) -> float:
        """What counts as drawn: 2 A above the measured, for a car that takes less than it is offered."""
        if not moment.charging:
            return 0.0
        if moment.currents is None:
            return self.offered
        return min(max(moment.currents) + 2, self.offered)

    def pv_max_current(self, moment: Moment) -> float:
        """How much current the surplus is, kept from starting and stopping too often by two timers."""
        scaled = 0
        if self.settings.phases == 0 and moment.now - self.switched_at > SETTLING:
            scaled = self.pv_scale_phases(moment)
        effective = self._effective(moment)
        if scaled == 3:
            effective /= self.max_active_phases
        target = max(effective - moment.site / (self.active_phases(moment) * VOLTAGE), 0.0)
        least = self.settings.minimum
        lifted = self.mode is Mode.MINPV or moment.battery_start or (moment.battery_buffered and moment.charging)
        if lifted and target < least:
            return least
        if self.mode is Mode.PV and self.enabled and target < least:
            return self._disable(moment)
        if self.mode is Mode.PV and not self.enabled:
            return self._enable(target, moment)
        self.pv_timer = None
        return min(target, self.settings.maximum)

    def _disable(self, moment: Moment) -> float:
        least, projected = self.settings.minimum, moment.site
        if self.phase_timer is not None:
            projected -= VOLTAGE * least * (self.active_phases(moment) - 1)
        if projected < self.settings.disable_threshold or moment.climater:
            self.pv_timer = None
            return least
        return 0.0 if self._pv_timer(self.settings.disable_delay, moment.now) else least

    def _enable(self, target: float, moment: Moment) -> float:
        threshold, least = self.settings.enable_threshold, self.settings.minimum
        enough = target >= least if threshold == 0 else moment.site <= threshold
        if not enough:
            self.pv_timer = None
            return 0.0
        return least if self._pv_timer(self.settings.enable_delay, moment.now) else 0.0

    def _pv_timer(self, delay: float, now: float) -> bool:
        """Start or continue the timer; whether it has run out, which resets it."""
        self.pv_timer = now if self.pv_timer is None else self.pv_timer
        if now - self.pv_timer < delay:
            return False
        self.pv_timer = None
        return True

    # --- 2.4 setLimit, syncCharger ------------------------------------------------------------------------------------
    def set_limit(self, current: float, moment: Moment) -> None:
        """Cut to whole amperes and to what the circuits let through, and set it."""
        current = float(trunc(current)) if self.settings.coarse else current
        current = self._capped(self._effective(moment), current, moment, self.phases)
        if self.settings.coarse:
            current = float(trunc(current))
        self.enabled = current >= self.settings.minimum
        if self.enabled:
            self.offered = current

    def sync(self, reported: float | None, moment: Moment) -> None:
        """Adopt what the charger says it offers, or what the car visibly takes."""
        if moment.now - self.switched_at < SETTLING:
            return
        if moment.charging and not self.enabled:
            self.enabled = True
        if reported is not None:
            if abs(reported - self.offered) > 0.23:
                self.offered = reported
        elif moment.currents is not None and max(moment.currents) > self.offered + 1:
            self.offered = max(moment.currents)
