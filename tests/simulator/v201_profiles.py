"""Charging profiles in 2.x words, for the core's combination of them (OCPP 2.0.1 ed. 3 - K)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from .profiles import DEFAULT, MAX, TX, Limit, Profile, Profiles, lowest, prevailing

if TYPE_CHECKING:
    from .machine import Machine

EXTERNAL, PRIORITY, LOCAL = "ChargingStationExternalConstraints", "PriorityCharging", "LocalGeneration"
PURPOSES = {"ChargingStationMaxProfile": MAX, "TxDefaultProfile": DEFAULT, "TxProfile": TX}
SUSPENDING = ("Idle",)


@dataclass(frozen=True, slots=True)
class Profile2(Profile):
    """A ChargingProfileType on an EVSE; of three schedules the first is used."""

    source: str = "CSO"

    @property
    def id(self) -> int:
        return int(self.payload["id"])

    @property
    def purpose(self) -> str:
        word = str(self.payload["chargingProfilePurpose"])
        return PURPOSES.get(word, word)

    @property
    def schedule(self) -> dict[str, Any]:
        first: dict[str, Any] = self.payload["chargingSchedule"][0]
        return first

    @property
    def transaction(self) -> str | None:
        return self.payload.get("transactionId")


def installed(machine: Machine, evse: int, payload: dict[str, Any], source: str = "CSO") -> Profile2:
    """A profile as of now."""
    return cast(Profiles2, machine.profiles).make(evse, machine.clock.now(), payload, source)


class Profiles2(Profiles):
    """K01: the purposes, how they replace each other and how they are combined."""

    make: type[Profile2] = Profile2
    priority: frozenset[int] = frozenset()  # EVSEs whose transaction has priority (2.1)

    def station_limit(self, at: datetime, phases: int) -> Limit | None:
        """ChargingStationMaxProfile and external constraints of the whole station."""
        return lowest(
            self._of(MAX, (0,), at, None, phases),
            self._of(EXTERNAL, (0,), at, None, phases),
        )

    def limit(self, connector: int, at: datetime, began: datetime | None, phases: int) -> Limit | None:
        """TxProfile, or else TxDefaultProfile; PriorityCharging goes before both (2.1 K22)."""
        usual = None
        if connector in self.priority:
            usual = self._of(PRIORITY, (0, connector), at, began, phases)
        if usual is None and began is not None:
            usual = self._of(TX, (connector,), at, began, phases)
        if usual is None:
            usual = self._of(DEFAULT, (0, connector), at, began, phases)
        return lowest(usual, self._of(EXTERNAL, (connector,), at, began, phases))

    def _of(
        self, purpose: str, evses: tuple[int, ...], at: datetime, began: datetime | None, phases: int
    ) -> Limit | None:
        found: Iterable[Profile] = (p for p in self.installed if p.purpose == purpose and p.connector in evses)
        return prevailing(found, at, began, phases)

    @staticmethod
    def _replaces(new: Profile, old: Profile) -> bool:
        """K01.FR.05: the same id; external constraints are never replaced by others."""
        return new.id == old.id and (new.purpose == EXTERNAL) == (old.purpose == EXTERNAL)
