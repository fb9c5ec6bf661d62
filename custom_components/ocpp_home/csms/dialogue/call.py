"""Asking a station something: the errors of the wire become those of the model."""

from asyncio import sleep
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final, Protocol

from ..model.errors import Invalid, OcppError, Offline, Refused, Unanswered, Unsupported
from ..model.station import Station
from ..quirks import Quirks, quirks_for
from ..wire.frame import Payload
from ..wire.link import CallRejected, CallTimeout, LinkClosed, QueueFull
from ..wire.schema import InvalidPayload, UnknownAction
from ..wire.session import Session

type Handler = Callable[[Station, Payload, datetime], Payload | Awaitable[Payload]]
"""What answers a request of a station at the moment it came (UTC)."""

PATIENCE: Final = 65.0
"""Seconds for an answer: there are stations that take a minute."""
TIMEOUTS: Final = {"TriggerMessage": 20.0, "ExtendedTriggerMessage": 20.0}
"""What only speeds things up is not waited for as long."""
DEAF_AFTER: Final = 3
"""So many calls in a row without an answer, and the owner hears of it."""
RENEWAL: Final = timedelta(hours=1)
"""The connection of a station that answers nothing is renewed at most this often; some answer again after that."""
UNKNOWN: Final = frozenset({"NotImplemented", "NotSupported"})
"""OCPP-J 1.6 - 4.2.3: the action is not known, or it is known and not supported."""


class Caller:
    """Calls to one station over one connection: `await call("Reset", {"type": "Soft"})`."""

    def __init__(self, station: Station, session: Session) -> None:
        """Call `station` over `session`."""
        self.station = station
        self._session = session
        self._unheard = 0
        self._next = 0.0

    async def __call__(self, action: str, payload: Payload | None = None, *, timeout: float | None = None) -> Payload:
        """Send a request and give the answer; raises what is in `model.errors`."""
        timeout = timeout or TIMEOUTS.get(action, PATIENCE)
        await self._turn(quirks_of(self.station).pace)
        try:
            answer = await self._session.call(action, payload or {}, timeout=timeout)
        except CallRejected as error:
            self._heard()
            raise self._refusal(action, error) from error
        except CallTimeout as error:
            self._missed()
            raise Unanswered(str(error)) from error
        except QueueFull as error:
            raise Unanswered(str(error)) from error
        except LinkClosed as error:
            raise Offline(str(error)) from error
        except (InvalidPayload, UnknownAction) as error:
            raise Invalid(str(error)) from error
        self._heard()
        return answer

    async def _turn(self, pace: float) -> None:
        """Wait until a station that must not be hurried may be asked again."""
        now = monotonic()
        self._next = max(self._next, now) + pace
        if (delay := self._next - pace - now) > 0:
            await sleep(delay)

    def _heard(self) -> None:
        self._unheard = 0
        self.station.settle("not_controllable")

    def _missed(self) -> None:
        self._unheard += 1
        if self._unheard >= DEAF_AFTER:
            self.station.notice("not_controllable")
            self._renew()

    def _renew(self) -> None:
        now, last = datetime.now(UTC), self.station.renewed_at
        if last is None or not timedelta() <= now - last < RENEWAL:
            self.station.renewed_at = now
            self._session.close(1001, "no call is answered")

    def _refusal(self, action: str, error: CallRejected) -> OcppError:
        if error.code not in UNKNOWN:
            return Refused(error.code, error.description)
        if self.station.commands is not None:
            self.station.commands.unsupported.add(action)
        return Unsupported(str(error))


class Block:
    """A block of commands: what can be done with one station, by asking it."""

    def __init__(self, station: Station, call: Caller) -> None:
        """Ask `station` through `call`."""
        self._station = station
        self._call = call


class Room(Protocol):
    """A file of a dialect that answers requests."""

    @property
    def REQUESTS(self) -> Mapping[str, Handler]:  # noqa: N802 - the name of a constant, which a file cannot change
        """Who answers what."""


def requests(*rooms: Room) -> dict[str, Handler]:
    """All requests that the rooms of a dialect answer."""
    return {action: handler for room in rooms for action, handler in room.REQUESTS.items()}


def quirks_of(station: Station) -> Quirks:
    """What is odd about the station."""
    identity = station.identity
    return quirks_for(identity.vendor, identity.model, identity.firmware)


def consent(answer: Payload, *good: str) -> str:
    """The status of an answer; raises Refused unless it is among `good` (without any: Accepted)."""
    status = str(answer.get("status", ""))
    if status not in (good or ("Accepted",)):
        raise Refused(status or "no status", _reason(answer))
    return status


def _reason(answer: Payload) -> str:
    """OCPP 2.0.1 ed. 3 - StatusInfoType: why, in a word of the specification's list and in the station's own words."""
    told = answer.get("statusInfo")
    words = (told.get("reasonCode"), told.get("additionalInfo")) if isinstance(told, dict) else ()
    return ", ".join(str(word) for word in words if word)
