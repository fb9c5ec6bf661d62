"""Whether a station does what it accepted: OCPP 1.6 ed. 2 - 6.44 warns that Accepted guarantees nothing."""

from typing import Final

from ..model.commands import Period, Schedule
from ..model.errors import Refused
from ..model.evse import Evse
from ..model.limit import pausing
from ..model.meter import Key, Phase, Quantity, Reading
from . import clock
from .fields import number, whole
from .ways import LINE_VOLTAGE

TOLERANCE: Final = 1.0
"""So far (A) a reading may lie above the limit: meters err, cars lag."""
CONFIRMATIONS: Final = 2
"""So many readings must exceed the limit: the first may have been taken before it was in force."""


def schedule(told: object, evse: int, begin: object = None) -> Schedule:
    """A composite schedule (OCPP 1.6 ed. 2 - 7.13, OCPP 2.0.1 ed. 3 - 2.18); it may have no periods. Raises Refused."""
    if not isinstance(told, dict):
        raise Refused("Accepted", "without a schedule")
    periods = [
        Period(whole(period, "startPeriod") or 0, limit, whole(period, "numberPhases"))
        for period in told.get("chargingSchedulePeriod") or ()
        if isinstance(period, dict) and (limit := number(period, "limit")) is not None
    ]
    begins = (begin, told.get("scheduleStart"), told.get("startSchedule"))
    unit = "W" if told.get("chargingRateUnit") == "W" else "A"
    since = next((time for text in begins if (time := clock.parse(text)) is not None), None)
    return Schedule(evse, unit, tuple(periods), since, whole(told, "duration"))


def scheduled(composite: Schedule) -> float | None:
    """The limit that rules now (A per phase), None where the schedule does not tell."""
    return next(iter(per_phase(composite)), None)


def per_phase(composite: Schedule) -> list[float]:
    """The limits of a schedule in A per phase, in their order."""
    if composite.unit == "A":
        return [period.limit for period in composite.periods]
    # OCPP 1.6 ed. 2 - 7.12, OCPP 2.0.1 ed. 3 - K01.FR.49: if numberPhases is absent, 3 shall be assumed
    return [period.limit / (LINE_VOLTAGE * (period.phases or 3)) for period in composite.periods]


def exceeds(amps: float, allowed: float) -> bool:
    """Whether a current lies clearly above what is allowed."""
    return amps > allowed + TOLERANCE


class Proof:
    """Looks at the readings of an EVSE that come after a limit was set."""

    def __init__(self, evse: Evse, allowed: float) -> None:
        """Watch whether `evse` keeps to `allowed` (A per phase)."""
        self._evse = evse
        self._allowed = allowed
        self._seen = dict(evse.meter.readings)
        self._over = 0

    def look(self) -> bool | None:
        """Whether the limit is kept to; None as long as that cannot be told."""
        fresh = {
            key: reading for key, reading in self._evse.meter.readings.items() if self._seen.get(key) is not reading
        }
        self._seen.update(fresh)
        offered = _largest(fresh, Quantity.CURRENT_OFFERED)
        drawn = _largest(fresh, Quantity.CURRENT_IMPORT)
        if offered is None and drawn is None:
            return None
        if exceeds(max(offered or 0.0, drawn or 0.0), self._allowed):
            self._over += 1
            return False if self._over >= CONFIRMATIONS else None
        self._over = 0
        # A car that draws less than it may proves nothing, unless it may draw nothing.
        return True if offered is not None or pausing(self._allowed) else None


def _largest(fresh: dict[Key, Reading], quantity: Quantity) -> float | None:
    values = [reading.value for (what, phase, _), reading in fresh.items() if what is quantity and phase is not Phase.N]
    return max(values, default=None)
