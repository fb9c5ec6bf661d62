"""What happens once a station is there: it is read, brought to the owner's settings and asked for what is not known.

One small step after another, each failing alone. Nothing is written that is so already, nothing is tried again that a
firmware has refused, and a station that does not survive a step is not asked for it a third time.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from ..dialogue.call import quirks_of
from ..model.errors import OcppError, Offline
from ..model.limit import MINIMUM
from ..model.station import Station
from ..model.transaction import Json
from . import boot
from .charging import Charging
from .place import MAX_EVSES

WIDE: Final = (
    *("Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage"),
    *("Current.Offered", "SoC", "Temperature", "Frequency"),
)
"""What a home wants to know, the most important first."""
LISTS: Final = (WIDE, WIDE[:5], WIDE[:4], WIDE[:2])
"""OCPP 1.6 ed. 2 - 3.16.4: one measurand a station lacks spoils the whole list, so shorter ones follow."""
WANTED: Final = frozenset(name.casefold() for name in WIDE[:4])
"""A station that sends these is left as it is."""
ATTEMPTS: Final = 100
"""TransactionMessageAttempts: after so many failures a station throws a transaction away (1.6 ed. 2 - 3.7.1)."""
RETRY_INTERVAL: Final = 30
PING_INTERVAL: Final = range(1, 121)
FRESH: Final = timedelta(minutes=10)
"""A configuration that was read so recently is not read again."""
TRIES: Final = 2
_MARK: Final = "?"
"""Stands for the outcome of a write that has not been answered."""

type Step = Callable[[], Awaitable[None]]


class SetUp:
    """The set-up of one station over one connection; `equip` is called when more is known of what it can do."""

    def __init__(self, station: Station, equip: Callable[[], None]) -> None:
        """Prepare to set up `station`."""
        self.station = station
        self._equip = equip
        self._quirks = quirks_of(station)
        self.done: list[str] = []
        """The steps that have been taken."""

    async def run(self) -> None:
        """Take all steps; raises nothing but Offline, after which the next connection goes on."""
        if boot.looping(self.station):
            return
        self._quirks = quirks_of(self.station)
        for step in self._steps():
            try:
                await step()
            except Offline:
                raise
            except OcppError:
                self.station.count(f"set-up: {step.__name__}")
            self.done.append(step.__name__)

    def _steps(self) -> tuple[Step, ...]:
        writes: tuple[Step, ...] = (self.intervals, self.measurands, self.fallback)
        asks: tuple[Step, ...] = (self.statuses, self.values)
        return (self.read, self.evses, *(writes if self.station.settings.configure else ()), *asks, self.limits)

    async def read(self) -> None:
        """Read the whole configuration, unless that has just been done."""
        now = datetime.now(UTC)
        last = self._notes().get("read")
        recent = isinstance(last, str) and now - datetime.fromisoformat(last) < FRESH
        if self.station.variables.known and (recent or self._quirks.read_back_crashes):
            return
        await self.station.require().configuration.read()
        self._note("read", now.isoformat())
        features = self.station.variables.words("SupportedFeatureProfiles")
        self.station.keep("features", features or None)
        self._equip()

    async def evses(self) -> None:
        """Let the EVSEs appear that the station has (OCPP 1.6 ed. 2 - 9.1: NumberOfConnectors)."""
        count = self.station.variables.number("NumberOfConnectors")
        if count is None and self.station.evses:
            return
        for number in range(1, 1 + min(MAX_EVSES, max(1, round(count or 1)))):
            self.station.evse(number)

    async def intervals(self) -> None:
        """Bring the intervals to the owner's settings and the patience for transaction messages to ours."""
        settings, variables = self.station.settings, self.station.variables
        await self._write("MeterValueSampleInterval", max(settings.sample_interval, self._quirks.sample_interval))
        await self._write("HeartbeatInterval", settings.heartbeat_interval)
        if settings.pings and (variables.number("WebSocketPingInterval") or 0) not in PING_INTERVAL:
            await self._write("WebSocketPingInterval", 60)
        if (variables.number("TransactionMessageAttempts") or 0) < ATTEMPTS:
            await self._write("TransactionMessageAttempts", ATTEMPTS)
        await self._write("TransactionMessageRetryInterval", RETRY_INTERVAL)

    async def measurands(self) -> None:
        """Ask for what a home wants to know, in ever shorter lists, and keep what there is if none is taken."""
        name = "MeterValuesSampledData"
        present = self.station.variables.words(name)
        wanted = {word.casefold() for word in self._quirks.measurands} or WANTED
        if wanted <= {word.casefold() for word in present}:
            return
        longest = round(self.station.variables.number(f"{name}MaxLength") or len(WIDE))
        for words in (self._quirks.measurands,) if self._quirks.measurands else LISTS:
            if await self._write(name, ",".join(words[:longest])):
                return

    async def fallback(self) -> None:
        """Leave a limit with the station for when nobody leads it."""
        amps = max(0.0, self.station.settings.safe_limit)
        charging = self.station.require().charging
        laid = self.station.ledger.recall(self.station.name, "fallback") or 0.0
        if isinstance(charging, Charging) and laid != (max(amps, MINIMUM) if amps else 0.0):
            await charging.set_fallback(amps)

    async def statuses(self) -> None:
        """Ask what the EVSEs do of which that is not known."""
        await self._trigger("StatusNotification", [evse.id for evse in self.station.evses.values() if not evse.status])

    async def values(self) -> None:
        """Ask for the meter values of what is charging."""
        await self._trigger("MeterValues", [evse.id for evse in self.station.evses.values() if evse.transaction])

    async def limits(self) -> None:
        """Apply what is wished, once; a refusal is told and does not end the set-up."""
        if self.station.require().charging is None:
            return
        for evse in list(self.station.evses.values()):
            if evse.limits.effective is None and evse.limits.confirmed is None:
                continue
            try:
                await self.station.align(evse)
            except Offline:
                raise
            except OcppError:
                self.station.count("set-up: limit")

    async def _trigger(self, message: str, evses: list[int]) -> None:
        trigger = self.station.require().trigger
        if trigger is None or message in self._quirks.untriggered:
            return
        for number in evses:
            await trigger.trigger(message, number)

    async def _write(self, name: str, value: int | str) -> bool:
        """Write a key where it differs; tell whether it is as wanted now."""
        known = self.station.variables.get(name)
        text = str(value)
        if known is None or known.readonly or name.casefold() in self._quirks.fixed_keys:
            return False
        if (known.value or "").strip() == text or known.reboot_required:
            return True
        tries, outcome = self._tried(name, text)
        if tries >= TRIES or outcome not in {"", _MARK}:
            return False
        self._note(name, [text, tries + 1, _MARK])
        try:
            await self.station.require().configuration.write(name, text)
        except Offline:
            raise
        except OcppError as error:
            self._note(name, [text, tries + 1, str(error)])
            return False
        self._note(name, None)
        return True

    def _tried(self, name: str, text: str) -> tuple[int, str]:
        """How often this value was tried without success, and what came of it."""
        match self._notes().get(name):
            case [str(value), int(tries), str(outcome)] if value == text:
                return tries, outcome
        return 0, ""

    def _notes(self) -> Mapping[str, Json]:
        """What was noted about this firmware."""
        notes = self.station.ledger.recall(self.station.name, "set-up")
        if isinstance(notes, Mapping) and notes.get("firmware") == self.station.identity.firmware:
            return notes
        return {"firmware": self.station.identity.firmware}

    def _note(self, name: str, value: Json) -> None:
        self.station.keep("set-up", {**self._notes(), name: value})
