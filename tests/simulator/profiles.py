"""Charging profiles as the specification wants them executed.

OCPP 1.6 ed. 2 - 3.13 (purposes, stacking, combining), 5.16 and 7.8 to 7.14.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import math
from typing import Any

from .clock import moment
from .meter import LINE_VOLTAGE

MAX, DEFAULT, TX = "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"
RECURRENCE = {"Daily": timedelta(days=1), "Weekly": timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Limit:
    """Amperes per phase on so many phases."""

    amps: float
    phases: int

    @property
    def watts(self) -> float:
        return self.amps * LINE_VOLTAGE * self.phases


@dataclass(frozen=True, slots=True)
class Profile:
    """One installed profile; `payload` carries the specification's own words."""

    connector: int
    installed: datetime
    payload: dict[str, Any] = field(repr=False)

    @property
    def id(self) -> int:
        return int(self.payload["chargingProfileId"])

    @property
    def purpose(self) -> str:
        return str(self.payload["chargingProfilePurpose"])

    @property
    def level(self) -> int:
        return int(self.payload["stackLevel"])

    @property
    def schedule(self) -> dict[str, Any]:
        schedule: dict[str, Any] = self.payload["chargingSchedule"]
        return schedule

    def limit(self, at: datetime, began: datetime | None, phases: int) -> Limit | None:
        """The limit at a moment; None outside its validity, before its start and after its duration."""
        period = self.period(at, began)
        if period is None:
            return None
        used = min(int(period.get("numberPhases", 3)), phases)
        value = float(period["limit"])
        if self.schedule["chargingRateUnit"] == "W":
            value /= LINE_VOLTAGE * used  # OCPP 1.6 ed. 2 - 7.12; errata 3.34: fewer phases keep the limit
        return Limit(value, used)

    def changes(self, since: datetime, until: datetime, began: datetime | None) -> Iterator[datetime]:
        """Every moment in between at which the limit may change."""
        for name in ("validFrom", "validTo"):
            if name in self.payload:
                yield moment(self.payload[name])
        start = self._start(since, began) or self._start(until, began)
        if start is None:
            return
        step = RECURRENCE.get(self.payload.get("recurrencyKind", "")) if self._recurring else None
        while start < until:
            yield start
            for period in self.schedule["chargingSchedulePeriod"]:
                yield start + timedelta(seconds=period["startPeriod"])
            if "duration" in self.schedule:
                yield start + timedelta(seconds=self.schedule["duration"])
            if step is None:
                return
            start += step

    @property
    def _recurring(self) -> bool:
        return bool(self.payload["chargingProfileKind"] == "Recurring")

    def _start(self, at: datetime, began: datetime | None) -> datetime | None:
        """When the schedule that runs at `at` began."""
        fixed = self.schedule.get("startSchedule")
        if self.payload["chargingProfileKind"] == "Relative" or fixed is None:
            return began or self.installed  # 7.13: "relative to start of charging"
        start = moment(fixed)
        if self._recurring:
            # errata 3.79: "restarts every 24 hours, at the same time as in the startSchedule"
            start += (
                (at - start) // RECURRENCE[self.payload["recurrencyKind"]] * RECURRENCE[self.payload["recurrencyKind"]]
            )
            if start < moment(fixed):
                return None
        return start

    def period(self, at: datetime, began: datetime | None) -> dict[str, Any] | None:
        """The period of the schedule that runs at a moment."""
        if "validFrom" in self.payload and at < moment(self.payload["validFrom"]):
            return None
        if "validTo" in self.payload and at >= moment(self.payload["validTo"]):
            return None
        start = self._start(at, began)
        if start is None or at < start:
            return None
        offset = (at - start).total_seconds()
        if offset >= self.schedule.get("duration", math.inf):
            return None
        current = None
        for period in self.schedule["chargingSchedulePeriod"]:
            if period["startPeriod"] <= offset:
                current = period
        return current


@dataclass
class Profiles:
    """All profiles of a station; survives reboots (errata 3.37)."""

    installed: list[Profile] = field(default_factory=list)

    def install(self, new: Profile) -> None:
        """Add the profile; one of the same id, or the same purpose and level on the connector, gives way (5.16.3)."""
        self.installed = [old for old in self.installed if not self._replaces(new, old)] + [new]

    def replaces_any(self, new: Profile) -> bool:
        """Whether installing it would leave the number of profiles as it is."""
        return any(self._replaces(new, old) for old in self.installed)

    def clear(self, wanted: dict[str, Any]) -> int:
        """Remove what matches all given criteria; an id alone decides (errata 3.26). Returns how many went."""
        keep = [profile for profile in self.installed if not _matches(profile, wanted)]
        gone, self.installed = len(self.installed) - len(keep), keep
        return gone

    def end(self, connector: int) -> None:
        """Drop the TxProfiles of a finished transaction (3.13.1)."""
        self.installed = [p for p in self.installed if not (p.purpose == TX and p.connector == connector)]

    def station_limit(self, at: datetime, phases: int) -> Limit | None:
        """What the ChargePointMaxProfiles leave for all connectors together."""
        return prevailing((p for p in self.installed if p.purpose == MAX), at, None, phases)

    def limit(self, connector: int, at: datetime, began: datetime | None, phases: int) -> Limit | None:
        """What TxProfile, or else TxDefaultProfile, allows the connector."""
        if began is not None:
            mine = (p for p in self.installed if p.purpose == TX and p.connector == connector)
            if (limit := prevailing(mine, at, began, phases)) is not None:
                return limit
        defaults = (p for p in self.installed if p.purpose == DEFAULT and p.connector in (0, connector))
        return prevailing(defaults, at, began, phases)

    def changes(self, since: datetime, seconds: int, began: datetime | None) -> list[datetime]:
        """The moments within the window, its start included, at which a limit may change."""
        until = since + timedelta(seconds=seconds)
        found = {change for p in self.installed for change in p.changes(since, until, began) if since < change < until}
        return [since, *sorted(found)]

    @staticmethod
    def _replaces(new: Profile, old: Profile) -> bool:
        same_place = (new.connector, new.purpose, new.level) == (old.connector, old.purpose, old.level)
        return new.id == old.id or same_place


def _matches(profile: Profile, wanted: dict[str, Any]) -> bool:
    if "id" in wanted:
        return bool(profile.id == wanted["id"])
    return all(
        getattr(profile, name) == wanted[key]
        for key, name in (("connectorId", "connector"), ("chargingProfilePurpose", "purpose"), ("stackLevel", "level"))
        if key in wanted
    )


def prevailing(profiles: Iterable[Profile], at: datetime, began: datetime | None, phases: int) -> Limit | None:
    """3.13.2: the highest stack level that is valid now; on equal levels the connector's own goes before 0's."""
    for profile in sorted(profiles, key=lambda p: (p.level, p.connector), reverse=True):
        if (limit := profile.limit(at, began, phases)) is not None:
            return limit
    return None


def lowest(*limits: Limit | None) -> Limit | None:
    """3.13.3: the minimum of the merged schedules."""
    present = [limit for limit in limits if limit is not None]
    if not present:
        return None
    return Limit(min(limit.amps for limit in present), min(limit.phases for limit in present))
