"""The steps by which a station is set up, one after another, each failing alone.

Nothing is written that is so already, nothing is tried again that a firmware has refused, and a station that does not
survive a step is not asked for it a third time.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.errors import OcppError, Offline
from ..model.station import Station
from ..model.transaction import Json
from ..model.variable import VariableKey
from .boot import looping
from .call import quirks_of
from .limiting import Limiting

FRESH: Final = timedelta(minutes=10)
"""A configuration that was read so recently is not read again."""
TRIES: Final = 2
_MARK: Final = "?"
"""Stands for the outcome of a write that has not been answered."""

type Step = Callable[[], Awaitable[None]]


class Steps(ABC):
    """The set-up of one station over one connection; `equip` is called when more is known of what it can do."""

    def __init__(self, station: Station, equip: Callable[[], None]) -> None:
        """Prepare to set up `station`."""
        self.station = station
        self._equip = equip
        self._quirks = quirks_of(station)
        self.done: list[str] = []
        """The steps that have been taken."""

    @abstractmethod
    def steps(self) -> tuple[Step, ...]:
        """What is to be done, in this order."""

    async def run(self) -> None:
        """Take all steps; raises nothing but Offline, after which the next connection goes on."""
        if looping(self.station):
            return
        self._quirks = quirks_of(self.station)
        for step in self.steps():
            try:
                await step()
            except Offline:
                raise
            except OcppError:
                self.station.count(f"set-up: {step.__name__}")
            self.done.append(step.__name__)

    async def floor(self) -> None:
        """Leave a limit with a station for when nobody leads it before all else; one that is new is read first."""
        if self.station.evses:
            await self.fallback()

    async def fallback(self) -> None:
        """Leave a limit with the station for when nobody leads it."""
        charging = self.station.require().charging
        if isinstance(charging, Limiting):
            await charging.ensure_fallback(self.station.settings.safe_limit)

    async def limits(self) -> None:
        """Apply what is wished, and what is to stay there, once; a refusal is told and does not end the set-up."""
        charging = self.station.require().charging
        if charging is None:
            return
        for evse in list(self.station.evses.values()):
            try:
                if evse.limits.effective is not None or evse.limits.confirmed is not None:
                    await self.station.align(evse)
                await charging.leave(evse)
            except Offline:
                raise
            except OcppError:
                self.station.count("set-up: limit")

    def fresh(self) -> bool:
        """Whether the configuration is known and has just been read, or must not be read again."""
        last = self.notes().get("read")
        recent = isinstance(last, str) and datetime.now(UTC) - datetime.fromisoformat(last) < FRESH
        return bool(self.station.variables.known) and (recent or self._quirks.read_back_crashes)

    async def trigger(self, message: str, evses: list[int]) -> None:
        """Ask for a message of these EVSEs, where that can be asked."""
        trigger = self.station.require().trigger
        if trigger is None or message in self._quirks.untriggered:
            return
        for number in evses:
            await trigger.trigger(message, number)

    async def write(self, key: VariableKey, value: int | str) -> bool:
        """Write a variable where it differs; tell whether it is as wanted now."""
        known = self.station.variables.known.get(key.fold)
        name = key.path
        text = str(value)
        if known is None or known.readonly or name.casefold() in self._quirks.fixed_keys:
            return False
        if (known.value or "").strip() == text or known.reboot_required:
            return True
        tries, outcome = self._tried(name, text)
        if tries >= TRIES or outcome not in {"", _MARK}:
            return False
        self.note(name, [text, tries + 1, _MARK])
        try:
            await self.station.require().configuration.write(name, text)
        except Offline:
            raise
        except OcppError as error:
            self.note(name, [text, tries + 1, str(error)])
            return False
        self.note(name, None)
        return True

    async def switch(self, key: VariableKey, *, on: bool) -> None:
        """Turn something on or off that is not so yet; stations write true in many ways."""
        if self.station.variables.flag(key.name, key.component) is not on:
            await self.write(key, "true" if on else "false")

    def notes(self) -> Mapping[str, Json]:
        """What was noted about this firmware."""
        notes = self.station.ledger.recall(self.station.name, "set-up")
        if isinstance(notes, Mapping) and notes.get("firmware") == self.station.identity.firmware:
            return notes
        return {"firmware": self.station.identity.firmware}

    def note(self, name: str, value: Json) -> None:
        """Note something about this firmware."""
        self.station.keep("set-up", {**self.notes(), name: value})

    def _tried(self, name: str, text: str) -> tuple[int, str]:
        """How often this value was tried without success, and what came of it."""
        match self.notes().get(name):
            case [str(value), int(tries), str(outcome)] if value == text:
                return tries, outcome
        return 0, ""
