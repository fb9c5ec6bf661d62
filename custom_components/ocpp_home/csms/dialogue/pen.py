"""What writes limits at a station in the words of its OCPP version."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from ..model.commands import Schedule
from ..model.evse import Evse
from ..model.plan import Plan
from .ways import Method, Offer


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit (A per phase) of an EVSE, how it is written, and for how long it holds without being renewed."""

    evse: Evse
    method: Method
    amps: float
    lease: timedelta | None = None
    phases: int | None = None
    """With how many phases the EVSE shall charge, None where that is not chosen."""


class Pen(Protocol):
    """Profiles of one station; every method but `offer` asks the station and raises an `OcppError`."""

    def offer(self) -> Offer:
        """What the station takes as far as it tells."""

    def switches(self, evse: Evse) -> bool:
        """Whether the station says that it can be told with how many phases an EVSE charges."""

    async def write(self, limit: Limit, patience: float) -> None:
        """Install a working limit in the place of the last one of its purpose."""

    async def lay(self, number: int, method: Method, amps: float) -> None:
        """Install the fall-back of an EVSE, 0 for all."""

    async def leave(self, evse: Evse, method: Method, plan: Plan) -> None:
        """Install a plan in the place of the last one."""

    async def clear(self, profile: int) -> None:
        """Take one of our profiles away; it is no fault that it is gone already."""

    async def composite(self, evse: int, duration: int, unit: str | None, patience: float | None = None) -> Schedule:
        """What limit the station will apply over the next `duration` s."""
