"""Limits and profiles: SetChargingProfile, ClearChargingProfile, GetCompositeSchedule (OCPP 1.6 ed. 2 - 3.13, 5.16).

How a station is brought to a limit is told in `dialogue/limiting.py`; here are the words of 1.6.
"""

from asyncio import sleep
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from ..dialogue import clock, effect, ways
from ..dialogue.call import Block, Caller, Handler, consent
from ..dialogue.limiting import CLEARED, Clock, Limiting, Pause
from ..dialogue.pen import Limit
from ..dialogue.ways import Method, Offer
from ..model.commands import Document, ProfileFilter, Schedule
from ..model.evse import Evse
from ..model.plan import Plan
from ..model.station import Station
from ..wire.frame import Payload
from . import profiles

REQUESTS: Final[dict[str, Handler]] = {}


class Charging(Limiting):
    """The limits of one station over one connection."""

    def __init__(self, station: Station, call: Caller, pause: Pause = sleep, clock: Clock = monotonic) -> None:
        """Set limits of `station` through `call`; `pause` lets seconds pass, which `clock` counts."""
        super().__init__(station, Pen(station, call), pause, clock)
        self._call = call

    async def set_profile(self, evse: int, profile: Document) -> None:
        """Install a charging profile as it is; 0 is the station."""
        consent(await self._call("SetChargingProfile", {"connectorId": evse, "csChargingProfiles": dict(profile)}))

    async def clear_profiles(self, which: ProfileFilter) -> None:
        """Remove charging profiles; ours may be among them, so limits are set again when they are wanted next."""
        criteria = {
            "id": which.id,
            "connectorId": which.evse,
            "chargingProfilePurpose": which.purpose,
            "stackLevel": which.stack_level,
        }
        consent(await self._call(CLEARED, {name: value for name, value in criteria.items() if value is not None}))
        for evse in self._station.evses.values():
            evse.limits.doubt()


class Pen(Block):
    """Writes profiles of 1.6."""

    def offer(self) -> Offer:
        """What the station takes as far as it tells."""
        return profiles.offer(self._station)

    def switches(self, evse: Evse) -> bool:
        """Whether the station says that it switches phases; 1.6 knows no difference between connectors."""
        return profiles.switches(self._station)

    async def write(self, limit: Limit, patience: float) -> None:
        """Install a working limit."""
        made = profiles.build(self._station, limit.evse, limit.method, limit.amps, limit.phases)
        place = ways.place(limit.evse.id, limit.method.purpose)
        await self._set(place, profiles.timed(made, self._now(), limit.lease), patience)

    async def lay(self, number: int, method: Method, amps: float) -> None:
        """Install the fall-back of a connector, 0 for all."""
        made = profiles.build(self._station, Evse(number), method, amps) | {
            "chargingProfileId": ways.fallback_id(number)
        }
        await self._set(number, profiles.timed(made, self._now()), ways.TRIAL)

    async def leave(self, evse: Evse, method: Method, plan: Plan) -> None:
        """Install a plan."""
        await self._set(evse.id, profiles.planned(self._station, evse, method, plan), ways.TRIAL)

    async def clear(self, profile: int) -> None:
        """Take a profile away."""
        consent(await self._call(CLEARED, {"id": profile}), "Accepted", "Unknown")  # Unknown: it is gone already

    async def composite(self, evse: int, duration: int, unit: str | None, patience: float | None = None) -> Schedule:
        """Ask for the composite schedule."""
        payload: Payload = {"connectorId": evse, "duration": duration}
        if unit is not None:
            payload["chargingRateUnit"] = unit
        answer = await self._call("GetCompositeSchedule", payload, timeout=patience)
        consent(answer)
        return effect.schedule(answer.get("chargingSchedule"), evse, answer.get("scheduleStart"))

    def _now(self) -> datetime:
        return clock.theirs(self._station, datetime.now(UTC))

    async def _set(self, place: int, profile: Payload, patience: float) -> None:
        payload = {"connectorId": place, "csChargingProfiles": profile}
        profiles.taken(await self._call("SetChargingProfile", payload, timeout=patience))
