"""The keeper of a station's local list: whatever happens, the list becomes the wanted one, and is left alone then.

What the station was given is remembered with its version, also over restarts, so that nothing is sent when nothing has
changed: a station keeps its list in flash memory, which wears out. Each connection and each boot begins with the
question for the version; a list that was lost, or that somebody else has written, is sent as a whole.
"""

from asyncio import FIRST_COMPLETED, Event, Task, ensure_future, get_running_loop, sleep, wait
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from ..model.errors import OcppError, Offline, Refused, Unanswered, Unsupported
from ..model.station import Station
from ..model.token import Token, TokenType
from ..model.transaction import Json
from .listing import Entry, laid_down, rules, wanted
from .local_list import Listing

SETTLE: Final = 1.0
"""Changes that follow each other faster (s) are one."""
BACK_OFF: Final = (30.0, 120.0, 600.0, 3600.0)
"""Seconds until a list that was refused is tried again."""
LOOK: Final = 6 * 3600.0
"""So often (s) it is looked whether time has made another list."""
NAMED: Final = 10
"""So many cards are named of those that a list has no room for."""
KEPT: Final = "list"
RULES: Final = "rules"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of a station's list: by token key the id, the type and the digest of each entry."""

    version: int = 0
    entries: Mapping[str, tuple[str, str, str]] | None = None
    """None where it is not known what the station has."""

    def fits(self, version: int) -> bool:
        """Whether a station that tells this version can have this list; an empty one has version 0, or its own."""
        return self.entries is not None and (version == self.version or (version == 0 and not self.entries))


class Keeper:
    """Keeps the list and the cache of one station right, over one connection."""

    def __init__(
        self, station: Station, pause: Callable[[float], Awaitable[None]] = sleep, settle: float = SETTLE
    ) -> None:
        """Watch over `station`; nothing is asked before `begin`."""
        self._station = station
        self._pause = pause
        self._settle = settle
        self._asked = Event()
        self._unsure = True
        self._task: Task[None] | None = None
        self._lists, self._policy = station.settings.lists, station.policy
        self._ignore = (station.household.subscribe(self._asked.set), station.subscribe(self._reconsider))

    def begin(self) -> None:
        """The station is ready, or has booted again: look what list it has."""
        self._unsure = True
        self._asked.set()
        if self._task is None:
            self._task = get_running_loop().create_task(self._keep())

    def close(self) -> None:
        """The connection has ended."""
        for ignore in self._ignore:
            ignore()
        if self._task is not None:
            self._task.cancel()

    def _reconsider(self, _: object) -> None:
        seen = (self._station.settings.lists, self._station.policy)
        if seen != (self._lists, self._policy):
            self._lists, self._policy = seen
            self._asked.set()

    async def _keep(self) -> None:
        failures = 0
        while True:
            self._asked.clear()
            try:
                patience = await self.bring()
                failures = 0
                self._station.settle("list_refused")
            except Offline:
                return
            except Unsupported:
                patience = LOOK
                self._station.settle("list_refused")
            except OcppError as error:  # its words are the station's, and there is no end of words
                self._station.count(f"local list: {type(error).__name__}")
                patience = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
                failures += 1
                if failures > 1:
                    self._station.notice("list_refused", reason=str(error))
            await self._wait(patience)

    async def _wait(self, seconds: float) -> None:
        """Until the list may be another, or time is over."""
        asked, over = ensure_future(self._asked.wait()), ensure_future(self._pause(seconds))
        try:
            await wait((asked, over), return_when=FIRST_COMPLETED)
            told = asked.done()
        finally:
            asked.cancel()
            over.cancel()
        if told:
            await self._pause(self._settle)

    async def bring(self) -> float:
        """Bring the station's list and cache to what is wanted; gives the seconds after which to look again."""
        now = datetime.now(UTC)
        listing = self._station.require().local_list
        until = None
        if isinstance(listing, Listing):
            until = await self._bring(listing, now)
        await self._forget()
        return LOOK if until is None else min(LOOK, max(1.0, (until - now).total_seconds()))

    async def _bring(self, listing: Listing, now: datetime) -> datetime | None:
        want = wanted(self._station, now, listing.suits)
        chosen = want.entries if self._station.settings.lists else {}
        room = listing.room()
        entries = dict(islice(chosen.items(), None if room is None else int(room)))
        self._note_room([entry for key, entry in chosen.items() if key not in entries], len(entries))
        kept = self._recall()
        if kept is None and not entries:
            return want.until
        kept = await self._check(listing, kept or Kept())
        if kept.entries is None or self._changes(kept.entries, entries):
            await self._send(listing, kept, entries)
        return want.until

    async def _check(self, listing: Listing, kept: Kept) -> Kept:
        """What the station has; once per connection and boot it is asked for its version."""
        if not self._unsure:
            return kept
        version = await listing.version()
        self._unsure = False
        return kept if kept.fits(version) else Kept(max(version, kept.version))

    async def _send(self, listing: Listing, kept: Kept, entries: Mapping[str, Entry]) -> None:
        """Send what differs, or everything where that is less or the station does not take differences."""
        changes = None if kept.entries is None else self._changes(kept.entries, entries)
        if changes is not None and len(changes) <= len(entries):
            try:
                await self._tell(listing, kept.version, entries, changes)
            except Refused:  # OCPP 1.6 ed. 2 - 5.15, OCPP 2.0.1 ed. 3 - D01.FR.19: VersionMismatch, for one
                kept = Kept(max(kept.version, await listing.version()) + len(changes))
            else:
                return
        await self._tell(listing, kept.version, entries, None)

    async def _tell(
        self, listing: Listing, last: int, entries: Mapping[str, Entry], changes: Mapping[Token, Entry | None] | None
    ) -> None:
        """Send these changes, or (None) everything, and see that the station has it; meanwhile it is not known."""
        full = changes is None
        told = {entry.token: entry for entry in entries.values()} if changes is None else changes
        version = last + max(1, len(told))
        self._remember(Kept(version))
        verdicts = {token.id: None if entry is None else entry.verdict for token, entry in told.items()}
        kinds = {token.id: token.type for token in told}
        await listing.send(version, verdicts, full=full, kinds=kinds)
        kept = Kept(version, {key: _row(entry) for key, entry in entries.items()})
        if not kept.fits(found := await listing.version()):
            raise Unanswered(f"the list has version {found} and not {version}")
        self._remember(kept)

    def _changes(
        self, before: Mapping[str, tuple[str, str, str]], entries: Mapping[str, Entry]
    ) -> dict[Token, Entry | None]:
        """What differs: entries that are new or otherwise, and None for those that are gone."""
        gone = [row for key, row in before.items() if key not in entries]
        changes: dict[Token, Entry | None] = {Token(name, TokenType(kind)): None for name, kind, _ in gone}
        fresh = [entry for key, entry in entries.items() if before.get(key) != _row(entry)]
        return changes | {entry.token: entry for entry in fresh}

    async def _forget(self) -> None:
        """Empty the station's memory of cards when one was withdrawn or has other rules (5.4 ClearCache, C11)."""
        told = self._station.ledger.recall(self._station.name, RULES)
        now = rules(self._station)
        if not isinstance(told, Mapping) and not laid_down(self._station):
            return
        before = told if isinstance(told, Mapping) else {}
        if any(now.get(key) != rule for key, rule in before.items()):
            with suppress(Refused, Unsupported):  # it has no memory
                await self._station.require().remote.clear_cache()
        self._station.keep(RULES, now)

    def _note_room(self, left_out: Sequence[Entry], room: int) -> None:
        """Tell whose cards do not work while nobody answers the station, as far as they have names."""
        if not left_out:
            self._station.settle("list_full")
            return
        self._station.count("local list: no room")
        cards = [self._station.household.cards.of(entry.token) for entry in left_out]
        names = [card.name for card in cards if card is not None and card.name][:NAMED]
        self._station.notice("list_full", room=str(room), left_out=str(len(left_out)), cards=", ".join(names) or "-")

    def _recall(self) -> Kept | None:
        told = self._station.ledger.recall(self._station.name, KEPT)
        match told:
            case {"version": int(version), "entries": Mapping() as rows}:
                found = {key: row for key, row in ((key, _read(row)) for key, row in rows.items()) if row is not None}
                return Kept(version, found if len(found) == len(rows) else None)
            case {"version": int(version)}:
                return Kept(version)
        return None

    def _remember(self, kept: Kept) -> None:
        rows: Json = None if kept.entries is None else {key: list(row) for key, row in kept.entries.items()}
        self._station.keep(KEPT, {"version": kept.version, "entries": rows})


def _row(entry: Entry) -> tuple[str, str, str]:
    return entry.token.id, entry.token.type.value, entry.digest


def _read(row: Json) -> tuple[str, str, str] | None:
    match row:
        case [str(name), str(kind), str(digest)] if kind in set(TokenType):
            return name, kind, digest
    return None
