"""Limits and profiles of OCPP 2.0.1 ed. 3 - K01 to K10 and OCPP 2.1 - K28.

How a station is brought to a limit is told in `dialogue/limiting.py`; here are the words of 2.x.
"""

from asyncio import Task, create_task, sleep
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

from ..dialogue import clock, effect, ways
from ..dialogue.call import Block, Caller, Handler, consent
from ..dialogue.files import request_id
from ..dialogue.limiting import CLEARED, Clock, Limiting, Pause
from ..dialogue.pen import Limit
from ..dialogue.ways import DEFAULT, DYNAMIC, TX, Method, Offer, ours
from ..model.blocks import InstalledProfile
from ..model.commands import Document, ProfileFilter, Schedule
from ..model.errors import Invalid, OcppError, Refused, Unanswered, Unsupported
from ..model.evse import Evse
from ..model.plan import Plan
from ..model.station import Station
from ..wire.frame import Payload
from . import dynamic, foretold, parts, profiles, resuming

LOOK: Final = 5.0
"""Seconds in which a station tells what is installed at the place of a limit."""
BREATH: Final = 1.0
"""Seconds between two profiles for a car that goes on asking."""
OFFLINE: Final = "SupportsMaxOfflineDuration"
YOUNG: Final = 0.25
"""An update (K28) does not move the end of a profile, and the next renewal comes half a lease after it."""
SOURCES: Final = ("EMS", "Other", "SO", "CSO")
"""OCPP 2.0.1 ed. 3 - ChargingLimitSourceEnumType: all there are."""


def report_charging_profiles(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take a part of the installed profiles."""
    parts.take(station, payload)
    return {}


REQUESTS: Final[dict[str, Handler]] = {"ReportChargingProfiles": report_charging_profiles}


class Charging(Limiting):
    """The limits of one station over one connection."""

    def __init__(self, station: Station, call: Caller, pause: Pause = sleep, clock: Clock = monotonic) -> None:
        """Set limits of `station` through `call`; `pause` lets seconds pass, which `clock` counts."""
        self._shelf = Shelf(station, call)
        super().__init__(station, Pen(station, call, self._shelf), pause, clock)
        self._call = call
        self._owed: set[int] = set()
        self._serving: dict[int, Task[None]] = {}
        self._restoring: set[Task[None]] = set()

    async def set_profile(self, evse: int, profile: Document) -> None:
        """Install a charging profile; 0 is the station. A TxProfile that names no transaction is of the running one."""
        made: Payload = dict(profile)
        running = self._station.evse(evse).transaction if evse else None
        if made.get("chargingProfilePurpose") == TX and running is not None:
            made.setdefault("transactionId", running.id)
        profiles.check(self._station, evse, made)
        if rivals := await self._shelf.rivals(evse, made, parts.PATIENCE):
            raise Invalid(f"K01.FR.06, K01.FR.39: profile {rivals[0].id} has this purpose and stack level already")
        consent(await self._call("SetChargingProfile", {"evseId": evse, "chargingProfile": made}))
        dynamic.remember_as_is(self._station, made)
        resuming.remember(self._station, evse, str(made.get("transactionId")), made)

    async def clear_profiles(self, which: ProfileFilter) -> None:
        """Remove charging profiles; ours may be among them, so limits are set again when they are wanted next."""
        criteria = {"evseId": which.evse, "chargingProfilePurpose": which.purpose, "stackLevel": which.stack_level}
        given = {name: value for name, value in criteria.items() if value is not None}
        if which.purpose in {profiles.EXTERNAL, profiles.GENERATION}:
            raise Invalid("K10.FR.06: such a profile is cleared by whoever set it")
        if which.id is None and not given:
            raise Invalid("K10.FR.02: an id or at least one criterion is needed")
        named: Payload = {"chargingProfileCriteria": given} if which.id is None else {"chargingProfileId": which.id}
        consent(await self._call(CLEARED, named))
        resuming.forget(self._station, which)
        for evse in self._station.evses.values():
            evse.limits.doubt()

    async def update_profile(self, profile: int, values: Document) -> None:
        """2.1: change the limits of a dynamic profile (K28.FR.06)."""
        consent(await self._call("UpdateDynamicSchedule", {"chargingProfileId": profile, "scheduleUpdate": values}))

    async def installed(
        self, which: ProfileFilter, sources: Sequence[str] = (), ids: Sequence[int] = ()
    ) -> list[InstalledProfile]:
        """The installed profiles that match; nothing at all is asked for as every purpose would be."""
        criteria = {"chargingProfilePurpose": which.purpose, "stackLevel": which.stack_level}
        wanted: Payload = {name: value for name, value in criteria.items() if value is not None}
        numbers = [*ids] if which.id is None else [which.id, *ids]
        # K09.FR.03: ids, or one or more of the other criteria
        if numbers:
            wanted = {"chargingProfileId": numbers}
        elif sources or not wanted:
            wanted["chargingLimitSource"] = [*(sources or SOURCES)]
        return await self._shelf.read(which.evse, wanted, parts.PATIENCE)

    def owe(self, evse: Evse) -> None:
        """A car has told its needs: its transaction gets a profile within a minute (K15.FR.07, K15.FR.08)."""
        self._owed.add(evse.id)
        if evse.id not in self._serving:
            self._serving[evse.id] = task = create_task(self._attend(evse))
            task.add_done_callback(lambda _: self._serving.pop(evse.id, None))

    def resume(self, evse: Evse) -> None:
        """A station went on with a transaction after a loss of power: it is given again what it had (E17.FR.15)."""
        task = create_task(self._restore(evse))
        self._restoring.add(task)
        task.add_done_callback(self._restoring.discard)

    def close(self) -> None:
        """End what goes on beside the calls; the connection is gone."""
        super().close()
        for task in (*self._restoring, *self._serving.values()):
            task.cancel()

    async def follow(self, evse: Evse) -> None:
        """Bring the limit in line after a transaction began or ended; what goes wrong is noted at the EVSE."""
        await super().follow(evse)
        if evse.transaction is None:
            self._owed.discard(evse.id)
            evse.needs, evse.priority = None, False
        elif evse.id in self._owed:
            await self._serve(evse)

    async def _restore(self, evse: Evse) -> None:
        for profile in resuming.lost(self._station, evse):
            with suppress(OcppError):
                consent(await self._call("SetChargingProfile", {"evseId": evse.id, "chargingProfile": profile}))
        if evse.limits.effective is not None:
            evse.limits.doubt()
            with suppress(OcppError):
                await self._station.align(evse)

    async def _attend(self, evse: Evse) -> None:
        """Serve a car, and again after a breath if it asked again: some answer each profile with another question."""
        while evse.id in self._owed and evse.transaction is not None:
            await self._serve(evse)
            await self._pause(BREATH)

    async def _serve(self, evse: Evse) -> None:
        """Write a TxProfile even where nobody wishes a limit: the car waits for its schedule."""
        self._owed.discard(evse.id)
        with suppress(OcppError):
            if evse.limits.effective is None:
                async with evse.limits.writer:
                    await self._write(evse, evse.limits.maximum)
                return
            evse.limits.doubt()
            await self._station.align(evse)


class Shelf(Block):
    """The profiles that lie in a station."""

    async def read(self, evse: int | None, criteria: Payload, patience: float) -> list[InstalledProfile]:
        """The profiles that match, in as many parts as the station likes."""
        number = request_id(self._station)
        request: Payload = {"requestId": number, "chargingProfile": criteria}
        if evse is not None:
            request["evseId"] = evse
        with self._station.reports.expect(number) as report:
            if consent(await self._call("GetChargingProfiles", request), "Accepted", "NoProfiles") == "NoProfiles":
                return []
            return [installed for part in await report.whole(patience) for installed in _installed(part)]

    async def rivals(self, evse: int, made: Payload, patience: float) -> list[InstalledProfile]:
        """Others that must not be there beside this one (K01.FR.06, K01.FR.39); none where nobody tells."""
        criteria = {name: made.get(name) for name in ("chargingProfilePurpose", "stackLevel")}
        default = made.get("chargingProfilePurpose") == DEFAULT
        try:
            found = await self.read(None if default else evse, criteria, patience)
        except Refused, Unsupported, Unanswered:
            return []
        lowest = profiles.lowest(self._station)
        return [
            other
            for other in found
            if other.id != made["id"]
            # K01.FR.52, K01.FR.53: a TxDefaultProfile of all EVSEs and one of a single EVSE exclude each other
            and (other.evse == evse or (default and 0 in {other.evse, evse} and not ours(lowest, other.id, made["id"])))
            and profiles.collide(dict(other.profile), made)
        ]


class Pen:
    """Writes profiles of 2.x."""

    def __init__(self, station: Station, call: Caller, shelf: Shelf) -> None:
        """Write profiles of `station` through `call`; what lies there `shelf` knows."""
        self._station = station
        self._call = call
        self._shelf = shelf
        self._written: dict[int, tuple[Payload, datetime]] = {}
        """The dynamic profiles that were written over this connection, without their limits, and when."""
        self._looked: set[tuple[object, ...]] = set()

    def offer(self) -> Offer:
        """What the station takes as far as it tells."""
        return profiles.offer(self._station)

    def switches(self, evse: Evse) -> bool:
        """Whether the station says that an EVSE switches phases."""
        return profiles.switches(self._station, evse.id)

    async def write(self, limit: Limit, patience: float) -> None:
        """Install a working limit; a dynamic one that lies there already is only changed (K28)."""
        if (told := foretold.course(self._station, limit, datetime.now(UTC))) is not None:
            await self._foretell(limit, told, patience)
            return
        evse, method, now = limit.evse, limit.method, self._now()
        made = profiles.build(self._station, evse, method, limit.amps, limit.phases)
        (period,) = made["chargingSchedule"][0]["chargingSchedulePeriod"]
        shape = {**made, "chargingSchedule": method.unit, "period": {**period, "limit": None}, "lease": limit.lease}
        if method.kind == DYNAMIC and self._young(made["id"], shape, now):
            values = dynamic.update(period)
            request = {"chargingProfileId": made["id"], "scheduleUpdate": values}
            with suppress(Refused):
                consent(await self._call("UpdateDynamicSchedule", request, timeout=patience))
                return
        self._written.pop(made["id"], None)
        await self._set(ways.place(evse.id, method.purpose), self._ending(made, now, limit.lease), patience)
        if method.kind == DYNAMIC:
            self._written[made["id"]] = shape, now
            dynamic.remember(self._station, made["id"], evse.id, method)
        else:
            dynamic.forget(self._station, made["id"])

    async def _foretell(self, limit: Limit, told: Plan, patience: float) -> None:
        """Install a limit with what comes after it; there is no updating of such a profile."""
        made = foretold.profile(self._station, limit, told)
        self._written.pop(made["id"], None)
        await self._set(limit.evse.id, self._lonely(made, limit.lease), patience)
        dynamic.forget(self._station, made["id"])

    async def lay(self, number: int, method: Method, amps: float) -> None:
        """Install the fall-back of an EVSE, 0 for all."""
        made = profiles.build(self._station, Evse(number), method, amps)
        made["id"] = profiles.lowest(self._station) + ways.fallback_id(number)
        made["chargingSchedule"][0]["id"] = made["id"]
        await self._set(number, profiles.timed(made, self._now()), ways.TRIAL)

    async def leave(self, evse: Evse, method: Method, plan: Plan) -> None:
        """Install a plan."""
        await self._set(evse.id, profiles.planned(self._station, evse, method, plan), ways.TRIAL)

    async def clear(self, profile: int) -> None:
        """Take a profile away."""
        number = profiles.lowest(self._station) + profile
        consent(await self._call(CLEARED, {"chargingProfileId": number}), "Accepted", "Unknown")  # it is gone already
        self._written.pop(number, None)
        dynamic.forget(self._station, number)

    async def composite(self, evse: int, duration: int, unit: str | None, patience: float | None = None) -> Schedule:
        """Ask for the composite schedule."""
        payload: Payload = {"evseId": evse, "duration": duration}
        if unit is not None:
            payload["chargingRateUnit"] = unit
        answer = await self._call("GetCompositeSchedule", payload, timeout=patience)
        consent(answer)
        return effect.schedule(answer.get("schedule"), evse)

    def _young(self, number: int, shape: Payload, now: datetime) -> bool:
        """Whether a dynamic profile of this shape lies there for so short a time that its end is far enough away."""
        known, at = self._written.get(number, ({}, now))
        lease: timedelta | None = shape["lease"]
        return known == shape and (lease is None or abs(now - at) <= lease * YOUNG)

    def _ending(self, made: Payload, now: datetime, lease: timedelta | None) -> Payload:
        """It ends by itself, for a hung controller keeps its connections; where the station is alone it ends sooner."""
        return self._lonely(profiles.timed(made, now, lease), lease)

    def _lonely(self, made: Payload, lease: timedelta | None) -> Payload:
        """The same with what holds of it while the station is alone."""
        return profiles.guarded(made, lease) if profiles.supports(self._station, OFFLINE) else made

    def _now(self) -> datetime:
        return clock.theirs(self._station, datetime.now(UTC))

    async def _set(self, place: int, profile: Payload, patience: float) -> None:
        """Install a profile; where the station does not take it, those that made room for it are put back."""
        moved = await self._make_room(place, profile)
        try:
            await self._install(place, profile, patience)
        except Refused, Unsupported:
            for other in moved:
                with suppress(Refused, Unsupported, Unanswered):
                    await self._install(other.evse, dict(other.profile), patience)
            raise

    async def _install(self, place: int, profile: Payload, patience: float) -> None:
        payload = {"evseId": place, "chargingProfile": profile}
        consent(await self._call("SetChargingProfile", payload, timeout=patience))

    async def _make_room(self, place: int, profile: Payload) -> list[InstalledProfile]:
        """Once per connection, clear what others have left where our profile comes (K01.FR.06, K01.FR.39)."""
        spot = (place, profile["chargingProfilePurpose"], profile["stackLevel"], profile.get("transactionId"))
        if spot in self._looked:
            return []
        self._looked.add(spot)
        rivals = await self._shelf.rivals(place, profile, LOOK)
        for rival in rivals:
            with suppress(Refused, Unsupported, Unanswered):
                await self._call(CLEARED, {"chargingProfileId": rival.id})
        return rivals


def _installed(part: Document) -> list[InstalledProfile]:
    evse, source = part.get("evseId"), part.get("chargingLimitSource")
    return [
        InstalledProfile(number, evse if isinstance(evse, int) else 0, str(source), profile)
        for profile in parts.documents(part, "chargingProfile")
        if isinstance(number := profile.get("id"), int)
    ]
