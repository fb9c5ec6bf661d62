"""Where nobody needs a card, a car that is plugged in charges: a session it does not get by itself begins by command.

Once for each time it is plugged in: what ran, was stopped or was refused is not begun anew, also over reconnections and
restarts. The station goes on asking about cards, so that those have their rules and their sessions; that is why it is
not told to do without them (AuthCtrlr.Enabled). While nobody answers it, it wants to see some card.
"""

from asyncio import Task, get_running_loop, sleep
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.errors import OcppError, Offline
from ..model.event import Event, Kind
from ..model.evse import PLUGGED, Evse, Status
from ..model.limit import pausing
from ..model.station import OWNER, PAUSE, Station
from ..model.token import Decision, Token, TokenType
from .authorization import Showing, decide, policy_of
from .call import quirks_of

GRACE: Final = 5.0
"""Seconds a station has to begin a session by itself, or a driver to show a card."""
HELD: Final = 120.0
"""Seconds somebody whose card was accepted has to plug in; the session is to be his."""
GREETED: Final = "greeted"
LEFT: Final = "EVDisconnected"
"""The reason of an end with which the car has gone."""


def due(station: Station, evse: Evse, now: datetime) -> bool:
    """Whether a car waits for a session that nobody has to allow."""
    if not station.policy.free or station.held_back or evse.status is not Status.PREPARING or not evse.plugged:
        return False
    if _in_use(station, evse) or evse.id in greeted(station) or not _open(station, evse, now):
        return False
    token = token_of(station)
    if token.type is not TokenType.NO_AUTHORIZATION:
        token = Token(policy_of(station).token)
    return decide(station, token, now, Showing(evse.id, starting=True)).accepted


def token_of(station: Station) -> Token:
    """Nobody's (OCPP 2.0.1 ed. 3 - F01: it can be stopped by anyone), or our own where that is a card with rules.

    Where a command can name nobody it takes our own all the same.
    """
    own = station.household.cards.of(Token(policy_of(station).token))
    return Token("", TokenType.NO_AUTHORIZATION if own is None else TokenType.UNKNOWN)


def greeted(station: Station) -> list[int]:
    """The EVSEs whose car has had what it gets."""
    told = station.ledger.recall(station.name, GREETED)
    return [one for one in told if isinstance(one, int)] if isinstance(told, list | tuple) else []


def _in_use(station: Station, evse: Evse) -> bool:
    """Whether a session runs; that of a cable alone waits for somebody, if the station wants that at all."""
    running, commands = evse.transaction, station.commands
    if running is None:
        return station.variables.flag("Enabled", "AuthCtrlr") is False  # it will begin by itself
    return running.token is not None or commands is None or not commands.remote.cards_later


def _open(station: Station, evse: Evse, now: datetime) -> bool:
    """Whether it may charge here now, for all that its station, its owner and others have in mind."""
    held = evse.reservation
    reserved = held is not None and now < held.until
    paused = any(pausing(evse.limits.wishes.get(source)) for source in (OWNER, PAUSE))
    return not (reserved or paused) and evse.operative is not False and station.operative is not False


class Welcome:
    """Begins the sessions of one station that need nobody, over one connection."""

    def __init__(self, station: Station, pause: Callable[[float], Awaitable[None]] = sleep) -> None:
        """Watch `station`; nothing is begun before `begin`."""
        self._station = station
        self._pause = pause
        self._ready = False
        self._shown: datetime | None = None
        self._waiting: dict[int, Task[None]] = {}
        self._ignore = (station.subscribe(self._look), station.witness(self._hear))

    def begin(self) -> None:
        """The station is ready."""
        self._ready = True
        self._look(self._station)

    def close(self) -> None:
        """The connection has ended."""
        for ignore in self._ignore:
            ignore()
        for task in self._waiting.values():
            task.cancel()

    def _look(self, part: Station | Evse) -> None:
        if not self._station.policy.free:
            return
        for evse in (part,) if isinstance(part, Evse) else self._station.evses.values():
            if evse.plugged is False:
                self._mark(evse.id, met=False)
            elif evse.status in PLUGGED:
                self._mark(evse.id)
            elif self._ready and evse.id not in self._waiting and due(self._station, evse, datetime.now(UTC)):
                self._greet(evse)

    def _hear(self, event: Event) -> None:
        """What becomes of a car by itself, by its driver or by its owner; what is told late is of another one."""
        if not self._station.policy.free:
            return
        if event.kind is Kind.SESSION_ENDED and event.data.get("reason") == LEFT:
            self._mark(event.evse, met=False)
        elif not event.live:
            return
        elif event.kind is Kind.SESSION_ENDED or (event.kind is Kind.SESSION_STARTED and event.data.get("token")):
            self._mark(event.evse)
        elif event.kind is Kind.CARD_ACCEPTED:
            self._shown = event.at
        elif event.kind is Kind.CARD_REFUSED and event.data.get("decision") != Decision.INVALID:
            self._refuse(event.evse)

    def _refuse(self, number: int) -> None:
        """Who has a card that may not charge is no stranger; a card that nobody knows keeps no car out."""
        for evse in self._station.evses.values():
            if number == evse.id or (number == 0 and evse.status is Status.PREPARING):
                self._mark(evse.id)

    def _mark(self, number: int, *, met: bool = True) -> None:
        known = greeted(self._station)
        if (number in known) is not met:
            self._station.keep(GREETED, sorted({*known, number} if met else {*known} - {number}) or None)

    def _greet(self, evse: Evse) -> None:
        task = get_running_loop().create_task(self._begin(evse))
        self._waiting[evse.id] = task
        task.add_done_callback(lambda _: self._waiting.pop(evse.id, None))

    async def _begin(self, evse: Evse) -> None:
        """Begin a session unless one has begun by then, or something else has come up."""
        await self._pause(GRACE)
        if self._shown is not None and datetime.now(UTC) - self._shown < timedelta(seconds=HELD):
            await self._pause(HELD)
        rest = self._station.rest(evse.id, quirks_of(self._station).restart_pause, datetime.now(UTC))
        if rest > 0:
            await self._pause(rest)
        if not due(self._station, evse, datetime.now(UTC)):
            return
        self._mark(evse.id)
        try:
            await self._station.require().remote.start(evse.id, token_of(self._station))
        except Offline:
            self._mark(evse.id, met=False)  # the next connection tries again
        except OcppError as error:
            self._station.count(f"free session: {type(error).__name__}")
