"""What happens once a station is there: it is read, brought to the owner's settings and asked for what is not known."""

from datetime import UTC, datetime
from typing import Final

from ..dialogue.listing import laid_down
from ..dialogue.steps import Step, Steps
from ..model.variable import VariableKey
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
OFFLINE: Final = {"LocalAuthListEnabled": True, "LocalAuthorizeOffline": True, "LocalPreAuthorize": False}
"""OCPP 1.6 ed. 2 - 3.5: the list and the cache count while the station is offline; otherwise we are asked."""


class SetUp(Steps):
    """The set-up of one station that speaks OCPP 1.6."""

    def steps(self) -> tuple[Step, ...]:
        """What is to be done, in this order."""
        writes: tuple[Step, ...] = (self.fallback, self.intervals, self.measurands, self.cards)
        asks: tuple[Step, ...] = (self.statuses, self.values)
        if not self.station.settings.configure:
            return (self.read, self.evses, *asks, self.limits)
        return (self.floor, self.read, self.evses, *writes, *asks, self.limits)

    async def read(self) -> None:
        """Read the whole configuration, unless that has just been done."""
        if self.fresh():
            return
        await self.station.require().configuration.read()
        self.note("read", datetime.now(UTC).isoformat())
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

    async def cards(self) -> None:
        """Let the station decide about the cards it is given while nobody answers it, and only then."""
        if self.station.settings.lists and laid_down(self.station):
            strangers = self.station.policy.open
            for name, on in {**OFFLINE, "AllowOfflineTxForUnknownId": strangers}.items():
                await self.switch(VariableKey("", name), on=on)

    async def statuses(self) -> None:
        """Ask what the EVSEs do of which that is not known."""
        await self.trigger("StatusNotification", [evse.id for evse in self.station.evses.values() if not evse.status])

    async def values(self) -> None:
        """Ask for the meter values of what is charging."""
        await self.trigger("MeterValues", [evse.id for evse in self.station.evses.values() if evse.transaction])

    async def _write(self, name: str, value: int | str) -> bool:
        return await self.write(VariableKey("", name), value)
