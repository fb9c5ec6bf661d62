"""The certificates of a station: each it asks for is signed and given to it, and asked for anew before it ends."""

from asyncio import Task, get_running_loop, sleep
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.commands import Security
from ..model.errors import Invalid, OcppError, Offline, Refused, Unanswered, Unsupported
from ..model.event import Event, Kind
from ..model.station import Station
from ..model.trust import CHARGING_STATION, Signer, Unsigned
from .security import NOT_SIGNED, applied

NOT_TAKEN: Final = "certificate_not_taken"
AHEAD: Final = timedelta(days=180)
"""So long before a certificate ends the station is asked to have another one signed.

One that was switched off meanwhile, for so long, still comes in; with a certificate that has ended it would not.
"""
DAY: Final = timedelta(days=1)
RAREST: Final = timedelta(days=8)
"""A station that does not renew is asked ever more rarely, down to this."""
RENEWAL: Final = "renewal"
"""Under this it is remembered when to ask next, and how long to wait after that."""


class Enrolment:
    """Gives one station its certificates, over one connection."""

    def __init__(
        self,
        station: Station,
        answer: float = 0.2,
        pause: Callable[[float], Awaitable[None]] = sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Sign what `station` asks for, `answer` s later: by then it has heard that it will be."""
        self._station, self._answer, self._pause, self._clock = station, answer, pause, clock
        self._supply: Task[None] | None = None
        self._watch: Task[None] | None = None
        self._leave = station.witness(self._hear)

    def begin(self) -> None:
        """The station is ready."""
        if self._watch is None:
            self._watch = get_running_loop().create_task(self._renewing())

    def close(self) -> None:
        """The connection has ended; a station that got nothing asks again (A02.FR.17)."""
        self._leave()
        for task in (self._supply, self._watch):
            if task is not None:
                task.cancel()

    def _hear(self, event: Event) -> None:
        """A newer request takes the place of one that is still being signed."""
        if event.kind is not Kind.CERTIFICATE:
            return
        if self._supply is not None:
            self._supply.cancel()
        self._supply = get_running_loop().create_task(self._supplied(event.data))

    async def _supplied(self, asked: Mapping[str, str | float | bool | None]) -> None:
        """A02.FR.14, A02.FR.25 (2.1): kind and number of the request come back with the certificate."""
        await self._pause(self._answer)
        signer, security = self._station.household.trust.signer, self._security
        if signer is None or security is None:
            return
        kind, number = asked["kind"], asked["request"]
        told = (kind if isinstance(kind, str) else None, number if isinstance(number, int) else None)
        try:
            chain = await signer.sign(applied(self._station, asked))
            await security.send_certificate(chain, *told)
        except Unsigned as error:
            self._station.notice(NOT_SIGNED, reason=str(error))
        except (Refused, Unsupported, Invalid) as error:
            self._station.notice(NOT_TAKEN, reason=str(error))
        except Offline, Unanswered:
            self._station.count("certificate not given")
        else:
            self._station.settle(NOT_SIGNED)
            self._station.settle(NOT_TAKEN)
            self._station.keep(RENEWAL, None)

    async def _renewing(self) -> None:
        while True:
            if (signer := self._station.household.trust.signer) is not None:
                await self._renew(signer, self._clock())
            await self._pause(DAY.total_seconds())

    async def _renew(self, signer: Signer, now: datetime) -> None:
        """A02: ask for a request for each kind of certificate that ends soon, unless that was asked for lately."""
        after, wait = self._asked(now)
        kinds = signer.ending(self._station.name, now + AHEAD)
        security = self._security
        if not kinds or now < after or security is None:
            return
        self._station.keep(RENEWAL, {"after": (now + wait).isoformat(), "days": min(2 * wait, RAREST).days})
        for kind in kinds:
            try:
                await security.renew_certificate(None if kind == CHARGING_STATION else kind)
            except OcppError:
                self._station.count("certificate not renewed")

    @property
    def _security(self) -> Security | None:
        return None if self._station.commands is None else self._station.commands.security

    def _asked(self, now: datetime) -> tuple[datetime, timedelta]:
        """When to ask next, and how long to wait after that."""
        kept = self._station.ledger.recall(self._station.name, RENEWAL)
        match kept:
            case {"after": str(after), "days": int(days)}:
                return datetime.fromisoformat(after), timedelta(days=days)
            case _:
                return now, DAY
