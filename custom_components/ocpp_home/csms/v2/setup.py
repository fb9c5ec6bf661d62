"""What happens once a station is there: it is read, brought to the owner's settings and asked for what is not known."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from ..dialogue.call import Caller
from ..dialogue.listing import laid_down
from ..dialogue.place import MAX_EVSES
from ..dialogue.steps import Step, Steps
from ..model.station import Station
from ..model.variable import VariableKey
from .monitoring import useful_monitors
from .place import connector_of
from .transactions import reconcile

REGISTER: Final = "Energy.Active.Import.Register"
WIDE: Final = (
    *(REGISTER, "Power.Active.Import", "Current.Import", "Voltage"),
    *("Current.Offered", "Power.Offered", "SoC", "Frequency"),
)
"""What a home wants to know, the most important first."""
LISTS: Final = {
    "TxStartedMeasurands": ((REGISTER,), (REGISTER,)),
    "TxUpdatedMeasurands": (WIDE, WIDE[:4]),
    "TxEndedMeasurands": ((REGISTER,), (REGISTER,)),
}
"""Per variable of SampledDataCtrlr: what is asked for, and what is enough to leave the variable as it is."""
ATTEMPTS: Final = 100
"""MessageAttempts: after so many failures a station gives a transaction message up (E13.FR.02)."""
RETRY_INTERVAL: Final = 30
PING_INTERVAL: Final = range(1, 121)
OFFLINE: Final = {
    ("LocalAuthListCtrlr", "Enabled"): True,
    ("AuthCtrlr", "LocalAuthorizeOffline"): True,
    ("AuthCtrlr", "LocalPreAuthorize"): False,
}
"""C13, C14: the list and the cache count while the station is offline; otherwise we are asked."""
MASTER: Final = "master"
"""Where it is remembered which group the station was told."""
COMMUNICATION: Final = "OCPPCommCtrlr"
SAMPLED: Final = "SampledDataCtrlr"
OF_TRANSACTIONS: Final = "TransactionEvent"


class SetUp(Steps):
    """The set-up of one station that speaks OCPP 2.0.1 or 2.1."""

    def __init__(self, station: Station, equip: Callable[[], None], call: Caller) -> None:
        """Prepare to set up `station`."""
        super().__init__(station, equip)
        self._call = call

    def steps(self) -> tuple[Step, ...]:
        """What is to be done, in this order."""
        writes: tuple[Step, ...] = (self.intervals, self.measurands, self.cards, self.master)
        asks: tuple[Step, ...] = (self.transactions, self.statuses, self.values)
        first: tuple[Step, ...] = (self.read, self.evses)
        if not self.station.settings.configure:
            return (*first, self.admit) if self.station.held_back else (*first, *asks, self.limits)
        if self.station.held_back:
            return (*first, *writes, self.admit)
        return (self.floor, *first, self.fallback, *writes, *asks, self.limits, self.monitors)

    async def read(self) -> None:
        """Read the whole device model, unless that has just been done."""
        if self.fresh():
            return
        await self.station.require().configuration.read()
        self.note("read", datetime.now(UTC).isoformat())
        self._equip()

    async def evses(self) -> None:
        """Let the EVSEs and connectors appear that the device model has; a station has one at least."""
        for key in [variable.key for variable in self.station.variables.known.values()]:
            if key.evse is not None and 0 < key.evse <= MAX_EVSES:
                connector_of(self.station.evse(key.evse), key.connector)
        if not self.station.evses:
            self.station.evse(1)

    async def intervals(self) -> None:
        """Bring the intervals to the owner's settings and the patience for transaction messages to ours."""
        settings, variables = self.station.settings, self.station.variables
        sample = max(settings.sample_interval, self._quirks.sample_interval)
        await self.write(VariableKey(SAMPLED, "TxUpdatedInterval"), sample)
        await self.write(VariableKey(COMMUNICATION, "HeartbeatInterval"), settings.heartbeat_interval)
        ping = "WebSocketPingInterval"
        if settings.pings and (variables.number(ping, COMMUNICATION) or 0) not in PING_INTERVAL:
            await self.write(VariableKey(COMMUNICATION, ping), 60)
        if (variables.number("MessageAttempts", COMMUNICATION, instance=OF_TRANSACTIONS) or 0) < ATTEMPTS:
            await self.write(VariableKey(COMMUNICATION, "MessageAttempts", instance=OF_TRANSACTIONS), ATTEMPTS)
        pause = VariableKey(COMMUNICATION, "MessageAttemptInterval", instance=OF_TRANSACTIONS)
        await self.write(pause, RETRY_INTERVAL)

    async def measurands(self) -> None:
        """Ask for what a home wants to know, of what the station says it can measure."""
        for name, (wanted, enough) in LISTS.items():
            present = {word.casefold() for word in self.station.variables.words(name, SAMPLED)}
            if {word.casefold() for word in enough} <= present:
                continue
            known = self.station.variables.get(name, SAMPLED)
            able = known.traits.values if known is not None and known.traits is not None else ()
            words = [word for word in self._quirks.measurands or wanted if not able or word in able]
            if words:
                await self.write(VariableKey(SAMPLED, name), ",".join(words))

    async def admit(self) -> None:
        """Accept the next boot of a station that was held back, and ask for it (B02, F06)."""
        self.station.prepared = True
        await self.trigger("BootNotification", [0])

    async def cards(self) -> None:
        """Let the station decide about the cards it is given while nobody answers it, and only then."""
        if not (self.station.settings.lists and laid_down(self.station)):
            return
        unknown = {("AuthCtrlr", "OfflineTxForUnknownIdEnabled"): self.station.policy.open}
        for (component, name), on in (OFFLINE | unknown).items():
            await self.switch(VariableKey(component, name), on=on)

    async def master(self) -> None:
        """Let the station know which cards stop everything (C16), and no longer those that did so once."""
        wanted, told = self.station.policy.master, self.station.ledger.recall(self.station.name, MASTER)
        known = self.station.variables.get("MasterPassGroupId", "AuthCtrlr")
        if known is None or not (wanted or (told and known.value == told)):
            return
        if await self.write(known.key, wanted):
            self.station.keep(MASTER, wanted or None)

    async def transactions(self) -> None:
        """Ask what has become of the transactions that are open here (E14)."""
        await reconcile(self.station, self._call, datetime.now(UTC))

    async def statuses(self) -> None:
        """Ask what the EVSEs do of which that is not known."""
        await self.trigger("StatusNotification", [evse.id for evse in self.station.evses.values() if not evse.status])

    async def values(self) -> None:
        """Ask how far the transactions have come that are running."""
        await self.trigger("TransactionEvent", [evse.id for evse in self.station.evses.values() if evse.transaction])

    async def monitors(self) -> None:
        """Let the station tell by itself what would have to be asked for."""
        await useful_monitors(self.station)
