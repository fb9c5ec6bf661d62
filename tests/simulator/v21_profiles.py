"""What 2.1 adds to charging profiles: operation modes, dynamic limits, offline limits, priority, local generation.

OCPP 2.1 ed. 1 - K01, K21, K27, K28, Q.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from .meter import LINE_VOLTAGE
from .profiles import DEFAULT, MAX, TX, Limit, Profile, lowest
from .v201_profiles import EXTERNAL, LOCAL, PRIORITY, Profile2, Profiles2

if TYPE_CHECKING:
    from .machine import Machine

SETPOINTS = ("CentralSetpoint", "ExternalSetpoint")
UNLIMITED = 1e6


@dataclass(frozen=True, slots=True)
class Profile21(Profile2):
    """A profile whose periods may do without a limit."""

    @property
    def dynamic(self) -> bool:
        """Whether its only period is changed from outside."""
        return bool(self.payload["chargingProfileKind"] == "Dynamic")

    def limit(self, at: datetime, began: datetime | None, phases: int) -> Limit | None:
        period = self.period(at, began)
        if period is None:
            return None
        used = min(int(period.get("numberPhases", 3)), phases)
        value = _value(period, used)
        return Limit(value / (LINE_VOLTAGE * used) if self.schedule["chargingRateUnit"] == "W" else value, used)

    def updated(self, update: dict[str, Any], at: str) -> Profile21:
        """The same with other values in its period (K28.FR.06, FR.09)."""
        schedule = self.schedule | {"chargingSchedulePeriod": [self.schedule["chargingSchedulePeriod"][0] | update]}
        return replace(self, payload=self.payload | {"chargingSchedule": [schedule], "dynUpdateTime": at})


def _value(period: dict[str, Any], used: int) -> float:
    """What the car may draw; there is no car that gives power back here."""
    mode = period.get("operationMode", "ChargingOnly")
    if mode == "Idle" or period.get("evseSleep"):
        return 0.0
    lines = [float(period[name]) for name in ("limit", "limit_L2", "limit_L3")[:used] if name in period]
    limit = min(lines, default=UNLIMITED)
    return max(0.0, min(limit, float(period.get("setpoint", UNLIMITED)))) if mode in SETPOINTS else limit


class Profiles21(Profiles2):
    """All profiles of a 2.1 station."""

    make = Profile21
    offline_since: datetime | None = None

    def limit(self, connector: int, at: datetime, began: datetime | None, phases: int) -> Limit | None:
        """The one in force, and the external constraints."""
        return lowest(
            self._limit_of(self.in_force(connector, at, began), at, began, phases),
            self._of(EXTERNAL, (connector,), at, began, phases),
        )

    def station_limit(self, at: datetime, phases: int) -> Limit | None:
        """K27: local generation is added to what the grid may give."""
        grid = lowest(self._of(MAX, (0,), at, None, phases), self._of(EXTERNAL, (0,), at, None, phases))
        own = self._of(LOCAL, (0,), at, None, phases)
        return Limit(grid.amps + own.amps, grid.phases) if grid and own else grid

    def mode(self, evse: int, at: datetime, began: datetime | None) -> str:
        """OperationModeEnumType of the profile in force."""
        profile = self.in_force(evse, at, began)
        period = profile.period(at, began) if profile else None
        return str(period.get("operationMode", "ChargingOnly")) if period else "ChargingOnly"

    def in_force(self, evse: int, at: datetime, began: datetime | None) -> Profile | None:
        """The profile that TxProfile, TxDefaultProfile or PriorityCharging leave."""
        for purpose in (*((PRIORITY,) if evse in self.priority else ()), *((TX,) if began else ()), DEFAULT):
            places = (evse,) if purpose == TX else (0, evse)
            found = [p for p in self._usable(at) if p.purpose == purpose and p.connector in places]
            for profile in sorted(found, key=lambda p: (p.level, p.connector), reverse=True):
                if profile.period(at, began) is not None:
                    return profile
        return None

    def _limit_of(self, profile: Profile | None, at: datetime, began: datetime | None, phases: int) -> Limit | None:
        return profile.limit(at, began, phases) if profile else None

    def _of(
        self, purpose: str, evses: tuple[int, ...], at: datetime, began: datetime | None, phases: int
    ) -> Limit | None:
        usable, every = list(self._usable(at)), self.installed
        self.installed = usable
        try:
            return super()._of(purpose, evses, at, began, phases)
        finally:
            self.installed = every

    def _usable(self, at: datetime) -> Iterator[Profile]:
        return (p for p in self.installed if not self.stale(p, at))

    def stale(self, profile: Profile, at: datetime) -> bool:
        """K01 maxOfflineDuration: it is not obeyed after so long without the central system."""
        longest = profile.payload.get("maxOfflineDuration")
        if longest is None or self.offline_since is None:
            return False
        return at - self.offline_since > timedelta(seconds=longest)

    def watch_link(self, online: bool, at: datetime) -> None:
        """Remember since when the station is alone; drop what is invalid afterwards."""
        if self.offline_since is not None:
            lost = [p for p in self.installed if self.stale(p, at) and p.payload.get("invalidAfterOfflineDuration")]
            self.installed = [p for p in self.installed if p not in lost]
        if online:
            self.offline_since = None
        elif self.offline_since is None:
            self.offline_since = at


def profiles(machine: Machine) -> Profiles21:
    """The station's profiles."""
    return cast(Profiles21, machine.profiles)
