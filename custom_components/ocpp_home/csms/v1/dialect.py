"""OCPP 1.6 over one connection: who answers what, and what can be done."""

from contextlib import suppress
from typing import Final

from ..dialogue.call import requests
from ..dialogue.connection import PROBE, Connection
from ..model.commands import Commands
from ..wire.frame import Payload
from ..wire.link import CallFailed
from . import (
    authorization,
    boot,
    charging,
    configuration,
    cost,
    diagnostics,
    firmware,
    iso15118,
    local_list,
    metering,
    remote,
    reservation,
    security,
    status,
    transactions,
    trigger,
)
from .setup import SetUp

REQUESTS: Final = requests(
    authorization,
    boot,
    charging,
    configuration,
    diagnostics,
    firmware,
    iso15118,
    local_list,
    metering,
    reservation,
    security,
    status,
    transactions,
    trigger,
)
"""What stations ask, and who answers."""
TRANSACTIONAL: Final = frozenset({"StartTransaction", "StopTransaction", "MeterValues"})
"""OCPP 1.6 ed. 2 - 3.7: never refused for what they say, and answered when they are recorded."""


class Dialect(Connection):
    """What OCPP 1.6 says, and what can be done with it."""

    REQUESTS = REQUESTS
    TRANSACTIONAL = TRANSACTIONAL

    follower: charging.Charging

    def begin(self) -> Commands:
        """What can be done with every station."""
        self.follower = charging.Charging(self.station, self.call)
        return Commands(
            remote=remote.Remote(self.station, self.call),
            configuration=configuration.Configuration(self.station, self.call),
        )

    async def set_up(self) -> None:
        """Read the station, bring it to the owner's settings, and ask for what is not known."""
        await SetUp(self.station, self.equip).run()

    async def probe(self) -> None:
        """Make the station say something."""
        if self.commands.trigger is not None and "TriggerMessage" not in self.commands.unsupported:
            question: tuple[str, Payload] = "TriggerMessage", {"requestedMessage": "Heartbeat"}
        else:
            question = "GetConfiguration", {"key": ["HeartbeatInterval"]}
        with suppress(CallFailed):
            await self.session.call(*question, timeout=PROBE)

    def equip(self) -> None:
        """Offer what the station says it can do; where it says nothing, everything (OCPP 1.6 ed. 2 - 3.3)."""
        station, call, commands = self.station, self.call, self.commands
        told = station.ledger.recall(station.name, "features")
        words = {_plain(str(word)) for word in told} if isinstance(told, list | tuple) else set[str]()

        def has(feature: str) -> bool:
            return not words or feature in words

        commands.charging = self.follower if has("smartcharging") else None
        commands.trigger = commands.trigger or trigger.Trigger(station, call) if has("remotetrigger") else None
        commands.local_list = local_list.LocalList(station, call) if has("localauthlistmanagement") else None
        commands.reservations = reservation.Reservations(station, call) if has("reservation") else None
        commands.firmware = firmware.Firmware(station, call) if has("firmwaremanagement") else None
        commands.diagnostics = diagnostics.Diagnostics(station, call) if has("firmwaremanagement") else None
        commands.security = security.Security(station, call)
        costs = cost.Costs(call)
        commands.costs = costs if costs.shown else None
        station.changed(station)


def _plain(word: str) -> str:
    """A feature's name without the blanks and the spelling that stations give it."""
    return "".join(mark for mark in word.casefold() if mark.isalnum())
