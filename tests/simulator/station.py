"""A simulated charging station, told what happens to it in the words of the people who stand before it."""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from . import transactions, v16, v21, v201
from .car import Car
from .clock import Clock, ManualClock
from .connector import NO_ERROR, Connector
from .dialect import Dialect
from .hardware import Hardware
from .machine import ACCEPTED, Machine
from .oddities import Oddities, Payload
from .record import Transaction
from .v201_verbs import Verbs2
from .wire import LinkLost

DIALECTS: dict[str, Dialect] = {"1.6": v16, "2.0.1": v201, "2.1": v21}


class Station(Verbs2, Machine):
    """A station that dials a central system; `record` is its own book of what happened.

    `async with Station("ws://127.0.0.1:9000", "CP1") as station:` connects and boots it, and puts it away again.
    Every verb returns when the central system has answered what it caused, or after `message_timeout` with an error.
    """

    def __init__(
        self,
        url: str,
        identity: str = "CP1",
        *,
        hardware: Hardware | None = None,
        clock: Clock | None = None,
        oddities: Oddities | None = None,
        version: str = "1.6",
        **keys: str,
    ) -> None:
        self.dialect = DIALECTS[version]
        super().__init__(url, identity, hardware or Hardware(), clock or Clock(), oddities or Oddities())
        for name, value in keys.items():
            self.configuration.preset(name, value)
        self._waited_for: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        await self.connect()
        if not self.oddities.never_boots:
            await self.boot()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # --- link and power ---------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Dial the central system; the station powers up with the first dial."""
        await self.dial()
        await self.settle()

    async def boot(self) -> Payload:
        """Send BootNotification, do what the answer demands, and return the answer."""
        answer = await self.try_to_boot()
        await self.settle()
        return answer

    async def close(self) -> None:
        """Put the station away: a polite goodbye, then no power."""
        self.redial = None
        await self.hang_up()
        await self.power_down()

    async def drop_link(self) -> None:
        """Cut the TCP connection; the station dials again if `redial` says so."""
        wire = self.wire
        if wire is not None:
            wire.abort()
            while self.wire is wire:
                await asyncio.sleep(0.001)

    async def go_offline(self) -> None:
        """Lose the network and stay without; charging goes on and messages queue up."""
        self.offline = True
        await self.drop_link()

    async def go_online(self) -> None:
        """Have the network again: dial, report what changed, deliver what was queued; no BootNotification."""
        await self.dial()
        await self.boot_if_needed()
        await self.settle()

    async def power_cut(self) -> None:
        """Lose the power: only what is durable (queue, configuration, profiles, lists, meters) survives."""
        self.shelf["dark since"] = self.clock.now()
        await self.power_down()

    async def power_on(self) -> None:
        """Come back, dial and boot: transactions that the cut ended are stopped with PowerLoss, or go on (2.1)."""
        await self.dialect.power_on(self)
        await self.settle()

    # --- the driver -------------------------------------------------------------------------------------------------

    async def plug_in(self, connector: int = 1, car: Car | None = None) -> None:
        """Put the cable into a car; an authorization that waited for it becomes a transaction."""
        place = self.connectors[connector]
        self.tick()
        place.car, place.plugged = car or place.car or Car(), True
        place.finished = place.timed_out = False
        self.dialect.plugged(self, place)
        await self._announce()

    async def unplug(self, connector: int = 1) -> None:
        """Pull the cable out of the car (and the station)."""
        place = self.connectors[connector]
        self.tick()
        place.plugged = False
        self.dialect.unplugged(self, place)
        place.finished = place.timed_out = False
        await self._announce()
        place.info = ""

    async def present_card(self, tag: str, connector: int | None = None) -> str:
        """Hold a card to the reader: it starts, stops or is refused; returns its authorization status."""
        place = self._meant(tag, connector)
        if place.in_use:
            return await self._stop_by_card(place, tag)
        if not place.free or transactions.barred(self, place, tag):
            return transactions.INVALID
        status = await transactions.authorize(self, tag)
        if status == ACCEPTED and not transactions.redeems(self, place, tag):
            status = transactions.INVALID
        if status == ACCEPTED:
            self.dialect.use(self, place, tag)
        await self._announce()
        return status

    async def start(self, tag: str = "CARD-1", connector: int = 1, car: Car | None = None) -> Transaction:
        """Plug in and present a card; the transaction, acknowledged if the station is online."""
        if not self.connectors[connector].plugged:
            await self.plug_in(connector, car)
        status = await self.present_card(tag, connector)
        transaction = self.connectors[connector].transaction
        if transaction is None:
            raise AssertionError(f"{self.identity}: no transaction on connector {connector}, {tag} was {status}")
        return transaction

    async def stop(self, connector: int = 1, reason: str = "Local") -> Transaction:
        """End the connector's transaction, with the card that started it when it is done locally."""
        place = self.connectors[connector]
        assert place.transaction is not None, f"{self.identity}: connector {connector} has no transaction"
        tag = place.transaction.id_tag if reason == "Local" else None
        transaction = self.dialect.stop(self, place, reason, tag)
        await self._announce()
        return transaction

    async def fault(self, code: str = "GroundFailure", connector: int = 1, info: str = "") -> None:
        """Break something; energy stops until `clear_fault`."""
        await self._set_error(connector, code, info)

    async def clear_fault(self, connector: int = 1) -> None:
        """Repair it; the connector returns to the state before (4.9 I1 to I8)."""
        await self._set_error(connector, NO_ERROR, "")

    # --- raw words --------------------------------------------------------------------------------------------------

    async def send(self, action: str, payload: Payload) -> Payload:
        """Send any request, right or wrong, and return the answer; Refused for a CALLERROR."""
        return await self.say(action, payload)

    async def send_raw(self, text: str) -> None:
        """Put any text on the wire."""
        if self.wire is None:
            raise LinkLost(f"{self.identity} is offline")
        await self.wire.send_text(text)

    async def security_event(self, kind: str, info: str = "") -> None:
        """Send SecurityEventNotification."""
        await self.ask(*self.dialect.security_event(self, kind, info))

    async def wait_for(self, action: str, timeout: float | None = None) -> Payload:
        """The payload of the next request of this kind that nobody has waited for yet."""
        limit = timeout or self.message_timeout
        try:
            async with asyncio.timeout(limit):
                while True:
                    for place, asked in enumerate(self.calls):
                        if asked.action == action and place >= self._waited_for.get(action, 0):
                            self._waited_for[action] = place + 1
                            return asked.payload
                    self._asked.clear()
                    await self._asked.wait()
        except TimeoutError:
            raise TimeoutError(
                f"{self.identity} waited {limit:g} s for {action}; it was asked {self.asked() or 'nothing'}"
            ) from None

    async def wait_until_booted(self, times: int) -> None:
        """Wait until the central system has answered so many BootNotifications, and the station rests."""
        async with asyncio.timeout(self.message_timeout + 1):
            while len(self.boots) < times:
                await asyncio.sleep(0.001)
                if isinstance(self.clock, ManualClock):
                    await self.clock.advance(0)  # a reboot that takes no time has to be let happen
        await self.settle()

    def forget_calls(self) -> None:
        """Let `wait_for` look only at what is asked from now on."""
        self._waited_for = {call.action: len(self.calls) for call in self.calls}

    def asked(self, action: str = "") -> list[Any]:
        """The payloads of all requests of one kind; without a kind, the names of all requests."""
        return [call.payload if action else call.action for call in self.calls if action in ("", call.action)]

    def told(self, action: str = "") -> list[Any]:
        """The payloads of all requests of one kind that the station sent; without a kind, the names of all."""
        return [told.payload if action else told.action for told in self.requests if action in ("", told.action)]

    async def advance(self, seconds: float) -> None:
        """Let time pass on a manual clock."""
        assert isinstance(self.clock, ManualClock), "only a ManualClock can be advanced"
        await self.clock.advance(seconds)

    # --- behind the panel -------------------------------------------------------------------------------------------

    async def _announce(self) -> None:
        self.tick()
        self.report_statuses(changed_only=True)
        await self.settle()

    async def _set_error(self, connector: int, code: str, info: str) -> None:
        place = self.connectors[connector]
        self.tick()
        place.error, place.info = code, info
        self.dialect.faulted(self, place)
        if code != NO_ERROR:
            place.reservation = None  # 5.13
        await self._announce()

    def _meant(self, tag: str, connector: int | None) -> Connector:
        if connector is not None:
            return self.connectors[connector]
        running = [c for c in self.outlets if c.transaction and c.transaction.id_tag.casefold() == tag.casefold()]
        free: Iterable[Connector] = sorted((c for c in self.outlets if c.free), key=lambda c: not c.plugged)
        return next(iter((*running, *free, *self.outlets)))

    async def _stop_by_card(self, place: Connector, tag: str) -> str:
        assert place.transaction is not None
        if place.transaction.id_tag.casefold() != tag.casefold():
            # 4.1: Authorize only "when the identifier used for stopping the transaction is different"
            status = await transactions.authorize(self, tag)
            if status != ACCEPTED or not self.dialect.may_stop(self, tag, place.transaction):
                return status if status != ACCEPTED else transactions.INVALID
        if place.transaction is not None:
            self.dialect.stop(self, place, "Local", tag)
        await self._announce()
        return ACCEPTED
