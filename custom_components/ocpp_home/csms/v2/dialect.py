"""OCPP 2.0.1 and 2.1 over one connection: who answers what, and what can be done."""

from collections.abc import Awaitable
from contextlib import suppress
from typing import Final

from ..dialogue import transfer
from ..dialogue.call import requests
from ..dialogue.connection import PROBE, Connection
from ..dialogue.turns import Turns
from ..model.commands import Commands
from ..wire.frame import Call, Payload
from ..wire.link import CallFailed, Reject
from . import (
    attributes,
    authorization,
    boot,
    charging,
    configuration,
    customer,
    der,
    diagnostics,
    display,
    dynamic,
    firmware,
    iso15118,
    limits,
    local_list,
    metering,
    monitoring,
    needs,
    network,
    payment,
    priority,
    remote,
    reservation,
    security,
    session_limit,
    status,
    streams,
    tariff,
    transactions,
    trigger,
    variables,
)
from .setup import SetUp

REQUESTS: Final = requests(
    attributes,
    authorization,
    boot,
    charging,
    configuration,
    customer,
    der,
    diagnostics,
    display,
    dynamic,
    firmware,
    iso15118,
    limits,
    local_list,
    metering,
    monitoring,
    needs,
    network,
    payment,
    priority,
    reservation,
    security,
    status,
    streams,
    tariff,
    transactions,
    transfer,
    trigger,
    variables,
)
"""What stations ask, and who answers; what only 2.1 knows, the schemas of 2.0.1 keep out."""
TRANSACTIONAL: Final = frozenset({"TransactionEvent", "MeterValues"})
"""OCPP 2.0.1 ed. 3 - E13, J01.FR.18: what is refused is sent again and lost in the end."""
UNACCEPTED: Final = frozenset({"BootNotification", "NotifyReport"})
"""B02.FR.09: what a station may say between a boot that was not accepted and the next, besides what it is asked for."""


class Dialect(Connection):
    """What OCPP 2.0.1 and 2.1 say, and what can be done with them."""

    REQUESTS = REQUESTS
    TRANSACTIONAL = TRANSACTIONAL

    follower: charging.Charging

    def begin(self) -> Commands:
        """What can be done with every station."""
        self._pending = False
        self._remote = remote.Remote(self.station, self.call)
        self._trigger = trigger.Trigger(self.station, self.call)
        self.follower = charging.Charging(self.station, self.call)
        self._turns = Turns(self.station)
        return Commands(
            remote=self._remote,
            configuration=configuration.Configuration(self.station, self.call),
        )

    def receive(self, call: Call) -> Payload | Awaitable[Payload]:
        """Answer one request; raises Reject. A station that has not booted here is served all the same."""
        if self._pending and call.action not in UNACCEPTED | self._trigger.expected:
            raise Reject("SecurityError", "the boot has not been accepted yet")  # B01.FR.10, B02.FR.09, B03.FR.07
        if call.action == "BootNotification" and "chargingStation" not in call.payload:
            return self._mistaken()
        answer = super().receive(call)
        if call.action == "BootNotification" and isinstance(answer, dict):
            self._pending = answer["status"] != "Accepted"
        return answer

    def equip(self) -> None:
        """Offer what the station says it can do; where it says nothing, everything."""
        station, call, commands = self.station, self.call, self.commands
        commands.trigger = self._trigger
        commands.charging = commands.profiles = self.follower if self._has("SmartChargingCtrlr") else None
        commands.firmware = firmware.Firmware(station, call)
        commands.publishing = firmware.Publishing(station, call)
        commands.diagnostics = diagnostics.Diagnostics(station, call)
        commands.security = security.Security(station, call)
        commands.attributes = attributes.Attributes(station, call)
        commands.network = network.Network(station, call)
        commands.customer = customer.Customer(station, call)
        commands.monitoring = monitoring.Monitoring(station, call) if self._has("MonitoringCtrlr") else None
        commands.streams = streams.Streams(station, call) if self.session.version == "2.1" else None
        commands.local_list = local_list.LocalList(station, call) if self._has("LocalAuthListCtrlr") else None
        commands.reservations = reservation.Reservations(station, call) if self._has("ReservationCtrlr") else None
        commands.displays = display.Displays(station, call) if self._has("DisplayMessageCtrlr") else None
        commands.costs = tariff.Costs(call)
        if self.session.version == "2.1":
            commands.custom_trigger = trigger.CustomTrigger(call)
            commands.dynamic = commands.charging and self.follower
            commands.tariffs = tariff.Tariffs(call)
            commands.priority = priority.Priority(station, call)
            commands.sessions = session_limit.Sessions(station, call, self._remote)
            commands.grid = der.Grid(station, call)
            commands.payments = payment.Payments(station, call)
        station.changed(station)

    def closed(self) -> None:
        """The connection has ended; whoever serves the station by now is not disturbed."""
        self._turns.close()
        super().closed()

    async def set_up(self) -> None:
        """Read the station, bring it to the owner's settings, and ask for what is not known."""
        await SetUp(self.station, self.equip, self.call).run()

    async def probe(self) -> None:
        """Make the station say something."""
        with suppress(CallFailed):
            await self.session.call("TriggerMessage", {"requestedMessage": "Heartbeat"}, timeout=PROBE)

    def _has(self, controller: str) -> bool:
        """Whether a block is there and switched on, as far as the station tells."""
        told = [self.station.variables.flag(name, controller) for name in ("Available", "Enabled")]
        return False not in told

    def _mistaken(self) -> Payload:
        """The station speaks 1.6 on a connection of 2.x: the next one is offered 1.6 only."""
        self.station.count("1.6 on a connection of 2.x")
        self.station.keep("versions", ["1.6"])
        self.session.close(1002, "this is OCPP 1.6")
        raise Reject("ProtocolError", "this is OCPP 1.6")
