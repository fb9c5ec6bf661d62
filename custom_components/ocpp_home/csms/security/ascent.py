"""The ascent: a station is led to a better security profile step by step, let in by the old one until it is there.

OCPP 1.6 security whitepaper ed. 3 - A05; OCPP 2.0.1 ed. 3 - A05, B09, B10.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from math import ceil
from typing import Final

from cryptography import x509

from ..model.commands import Security
from ..model.errors import OcppError, Offline, Refused, Unanswered, Unsupported
from ..model.event import Event, Kind
from ..model.evse import Evse
from ..model.station import Station
from .password import generate
from .proof import Profile
from .roads import Goal, Impassable, Road, restart, road_for, step_back
from .rotation import rotate
from .steps import Doorkeeper, Fall, Patience, Step

ROOT: Final = "CentralSystemRootCertificate"
INVALID: Final = frozenset({"InvalidChargePointCertificate", "InvalidChargingStationCertificate"})
"""The security events of a station that does not take the certificate it was given (A02.FR.07)."""
DISTRUST: Final = frozenset(
    {"InvalidCentralSystemCertificate", "InvalidCsmsCertificate", "InvalidTLSVersion", "InvalidTLSCipherSuite"}
)
"""Those of one that does not take ours, or not how we speak TLS (A00.FR.309, FR.315, FR.322)."""
TROUBLE: Final = {
    "certificate_not_signed": "certificate_not_signed",
    "certificate_not_taken": "certificate_refused",
}
"""What is noted of a station whose request could not be met, and why it does not get there then."""


class Ascent:
    """Leads one station to one goal."""

    def __init__(
        self,
        station: Station,
        doorkeeper: Doorkeeper,
        goal: Goal,
        told: Callable[[Step], None] = lambda step: None,
        patience: Patience | None = None,
    ) -> None:
        """Lead `station` to `goal`, telling each step."""
        self.step = Step.LOOK
        self._station = station
        self._door = doorkeeper
        self._goal = goal
        self._told = told
        self._heard: dict[str, str] = {}
        self._patience = patience or Patience()

    async def climb(self) -> None:
        """Lead the station there; raises Fall when it is not."""
        stop = self._station.witness(self._hear)
        try:
            await self._climb()
        except Offline as error:
            raise Fall("offline", str(error), self.step) from error
        except Impassable as error:
            raise Fall(error.reason, step=self.step) from error
        except OcppError as error:
            raise Fall("unanswered", str(error), self.step) from error
        finally:
            stop()

    async def by_hand(self, secret: str) -> None:
        """Wait for a station that somebody sets up for the goal, and for this password, at its own panel.

        The password it had before counts as well until it shows the new one, for somebody may leave it as it was.
        """
        before = self._door.profile
        if self._goal.profile <= before:
            raise self._fall("not_better")
        await self._door.offer(secret)
        await self._door.open(self._goal.profile, None)
        self._tell(Step.RETURN)
        if await self._until(lambda: self._here(self._goal.profile), self._patience.back):
            await self._door.close(self._goal.profile)
            return
        await self._door.close(before)
        await self._door.withdraw()
        raise self._fall("not_called")

    async def _climb(self) -> None:
        self._tell(Step.LOOK)
        road = await self._look()
        secret = None
        if self._door.profile < Profile.TLS <= self._goal.profile and self._goal.roots:
            await self._install_roots()
        if self._needs_password(road):
            secret = await self._set_password(road)
        for profile in self._stages():
            if profile is Profile.CLIENT:
                await self._certify(road)
            await self._move(road, profile, secret)

    def _stages(self) -> list[Profile]:
        """The profiles on the way: to a certificate of its own a station comes over TLS only."""
        goal = self._goal.profile
        first = min(goal, Profile.TLS)
        return [profile for profile in dict.fromkeys((first, goal)) if profile > self._door.profile]

    def _needs_password(self, road: Road) -> bool:
        """Whether it has none yet, or is given one with the connection, which is known as a hash only."""
        return self._door.profile is Profile.NONE or (road.carries and self._door.profile < Profile.TLS)

    async def _look(self) -> Road:
        self._unless_charging()
        if self._goal.profile <= self._door.profile:
            raise self._fall("not_better")
        if self._goal.profile >= Profile.TLS and self._station.require().security is None:
            raise self._fall("no_certificates")
        road = road_for(self._station, self._goal)
        with self._as("unanswered"):
            await road.look()
        return road

    def _unless_charging(self) -> None:
        """A restart ends sessions, so none is begun while one runs."""
        self._station.require()
        if self._charging:
            raise self._fall("charging")

    @property
    def _charging(self) -> bool:
        return any(evse.transaction is not None for evse in self._station.evses.values())

    # What the station has to trust.

    async def _install_roots(self) -> None:
        """Install what is missing of our roots; one of them is enough for a station that has no room for more (M05)."""
        self._tell(Step.ROOTS)
        held = await self._held()
        refusal: OcppError | None = None
        for root in self._goal.roots:
            if held is not None and _number(root) in held:
                continue
            try:
                await self._security().install_certificate(ROOT, root)
            except (Refused, Unsupported, Unanswered) as error:
                refusal = error
        held = await self._held()
        if held is None:
            if refusal is not None:
                raise self._fall("root_refused", str(refusal))
        elif not held & {_number(root) for root in self._goal.roots}:
            raise self._fall("root_missing" if refusal is None else "root_refused", str(refusal or ""))

    async def _held(self) -> set[int] | None:
        """The serial numbers of the roots the station has; None where it does not tell."""
        try:
            installed = await self._security().certificates(ROOT)
        except Refused, Unsupported, Unanswered:
            return None
        return {number for which in installed for number in _spelled(which.serial)}

    # What the station shows.

    async def _set_password(self, road: Road) -> str:
        """Give it a new password (A01), and let it in by it before: it may be applied without an answer."""
        self._tell(Step.PASSWORD)
        secret = generate()
        if road.carries:
            await self._door.offer(secret)
            return secret
        since = self._station.connected_at
        with suppress(Unanswered, Offline):  # what it shows when it comes back will tell
            try:
                await rotate(self._station, secret, self._door)
            except (Refused, Unsupported) as error:
                raise self._fall("password_refused", str(error)) from error
        await self._until(lambda: self._left(since), self._patience.settle)
        await self._until(lambda: self._station.connected, self._patience.link)
        return secret

    async def _certify(self, road: Road) -> None:
        """Have it ask for a certificate; who signs it sends it (A02)."""
        self._tell(Step.CERTIFICATE)
        await self._set_organisation(road)
        before = self._door.issued
        for notice in TROUBLE:
            self._station.settle(notice)
        with self._as("certificate_not_asked_for"):
            await self._security().renew_certificate()
        await self._signed(before)

    async def _set_organisation(self, road: Road) -> None:
        """A02, A03: "The configuration variable CpoName MUST be set"."""
        configuration = self._station.require().configuration
        with self._as("organisation_refused"), suppress(Unsupported):
            await configuration.write(road.organisation, self._goal.organisation)

    # From one profile to the other.

    async def _move(self, road: Road, profile: Profile, secret: str | None) -> None:
        """Have it come back by another profile; the old one holds until it has."""
        before = self._door.profile
        carried = secret if road.carries and profile < Profile.CLIENT else None
        self._unless_charging()
        self._tell(Step.SWITCH)
        self._heard.clear()
        since = self._station.connected_at
        await self._door.open(profile, road.undo)
        try:
            await self._switch(road, profile, carried)
        except Unanswered, Offline:
            pass  # what it comes back with will tell
        except (Fall, OcppError) as error:
            await self._retreat(before, carried)
            if isinstance(error, Refused | Unsupported):
                reason = "switch_refused" if isinstance(error, Refused) else "no_profiles"
                raise self._fall(reason, str(error)) from error
            raise
        await self._door.open(profile, road.undo)
        self._tell(Step.RETURN)
        if await self._returned(profile, since):
            await self._door.close(profile)
            return
        if not self._station.connected:
            raise self._fall("away")
        if road.undo is not None:
            with suppress(OcppError):
                await step_back(self._station, road.undo)
        await self._retreat(before, carried)
        raise self._fall("came_back" if self._left(since) else "stayed", self._objection(DISTRUST))

    async def _retreat(self, before: Profile, carried: str | None) -> None:
        """It has not left the old profile, or is back; a password that came with the other one it does not show."""
        await self._door.close(before)
        if carried is not None:
            await self._door.withdraw()

    async def _switch(self, road: Road, profile: Profile, secret: str | None) -> None:
        """Tell it to; one that has just been given its certificate may need a moment until it has installed it."""
        again = self._patience.again
        pauses = [5 * again, again] if profile is Profile.CLIENT else []
        while True:
            try:
                await road.switch(profile, secret)
            except Refused:
                if objection := self._objection(INVALID):
                    raise self._fall("certificate_refused", objection) from None
                if not pauses:
                    raise
                await asyncio.sleep(pauses.pop())
            else:
                return

    def _hear(self, event: Event) -> None:
        """A station tells in security events what it does not like."""
        if event.kind is Kind.SECURITY:
            kind = str(event.data["type"])
            self._heard[kind] = str(event.data.get("info") or kind)

    def _objection(self, kinds: Collection[str]) -> str:
        return next((words for kind, words in self._heard.items() if kind in kinds), "")

    async def _returned(self, profile: Profile, since: datetime | None) -> bool:
        """Whether it comes back by the other profile; one that does not leave is restarted."""
        if not await self._until(lambda: self._left(since), self._patience.linger) and not self._charging:
            with suppress(OcppError):
                await restart(self._station)
        await self._until(lambda: self._station.connected and self._left(since), self._patience.back)
        if self._station.connected and not self._here(profile):
            await self._until(lambda: self._here(profile), self._patience.grace)
        return self._here(profile)

    def _here(self, profile: Profile) -> bool:
        return self._station.connected and self._station.proved == profile

    def _left(self, since: datetime | None) -> bool:
        return not self._station.connected or self._station.connected_at != since

    # Waiting, and telling.

    async def _until(self, condition: Callable[[], bool], patience: float) -> bool:
        """Wait until something about the station is so; tells whether it is."""
        changed = asyncio.Event()

        def listen(part: Station | Evse) -> None:
            changed.set()

        stop = self._station.subscribe(listen)
        try:
            async with asyncio.timeout(patience):
                while not condition():
                    await changed.wait()
                    changed.clear()
        except TimeoutError:
            return condition()
        finally:
            stop()
        return True

    async def _signed(self, before: frozenset[int]) -> None:
        """Wait until a certificate has been signed for it; nobody tells of that."""
        for _ in range(ceil(self._patience.certificate / self._patience.again)):
            for notice, reason in TROUBLE.items():
                if (notice, 0) in self._station.notices:
                    raise self._fall(reason, self._station.notices[notice, 0].data.get("reason", ""))
            if self._door.issued - before:
                return
            await asyncio.sleep(self._patience.again)
        raise self._fall("certificate_not_signed")

    @contextmanager
    def _as(self, reason: str) -> Iterator[None]:
        """Let what the station answers be the words of a fall."""
        try:
            yield
        except (Refused, Unsupported, Unanswered) as error:
            raise self._fall(reason, str(error)) from error

    def _tell(self, step: Step) -> None:
        self.step = step
        self._told(step)

    def _fall(self, reason: str, words: str = "") -> Fall:
        return Fall(reason, words, self.step)

    def _security(self) -> Security:
        security = self._station.require().security
        if security is None:
            raise Unsupported("certificates")
        return security


def _number(root: str) -> int:
    return x509.load_pem_x509_certificate(root.encode()).serial_number


def _spelled(text: str) -> set[int]:
    """What a serial number can mean: hexadecimal digits, with colons, zeros or 0x, or by mistake decimal ones."""
    digits, found = text.replace(":", "").strip(), set[int]()
    for base in (16, 10):
        with suppress(ValueError):
            found.add(int(digits, base))
    return found
