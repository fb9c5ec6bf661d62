"""The home battery is kept from discharging into cars, by a switch the owner has named for it."""

from asyncio import Task
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_OFF
from homeassistant.core import callback, split_entity_id
from homeassistant.exceptions import HomeAssistantError

from .facts import Facts

if TYPE_CHECKING:
    from ..hub import Hub

FACT: Final = "battery hold"
ENTER: Final = 10.0
"""So long (s) cars must have taken more than the sun gives before the battery is held."""
LEAVE: Final = 60.0
"""So long they must not have, before it is let go: inverters do not like to be told every moment."""
AGAIN: Final = 30.0
"""A switch that did not turn off is told again after so many seconds."""


class Hold:
    """Whether the battery is to be held; a switch that was turned on for it is turned off again, come what may."""

    def __init__(self, hub: Hub, facts: Facts) -> None:
        """Go on holding what was held, until it is seen that there is no need."""
        self._hub = hub
        self._facts = facts
        told = facts.recall(FACT)
        self._ours = told if isinstance(told, str) else None
        """The switch that was turned on by us."""
        self.on = self._ours is not None
        self._turning: float | None = None
        """Since when it should be otherwise."""
        self._told = float("-inf")
        self._task: Task[None] | None = None

    @callback
    def look(self, now: float, switch: str | None, *, locked: bool) -> None:
        """See whether it is needed, and have the switch turned."""
        if locked is self.on:
            self._turning = None
        elif self._turning is None:
            self._turning = now
        elif now - self._turning >= (ENTER if locked else LEAVE):
            self.on, self._turning = locked, None
        if self._ours is not None and (not self.on or self._ours != switch):
            self._let_go(now)
        elif self.on and self._ours is None and switch is not None and self._is(switch, STATE_OFF):
            self._own(switch)
            self._have(self._turn(switch, SERVICE_TURN_ON))

    @callback
    def drop(self) -> None:
        """Let go, for the house is no longer led."""
        self._have(self.release())

    async def release(self) -> None:
        """Turn off what was turned on; where that fails it is tried again after the next start."""
        self.on = False
        if self._ours is not None:
            await self._turn(self._ours, SERVICE_TURN_OFF)
            if self._is(self._ours, STATE_OFF):
                self._own(None)

    def _let_go(self, now: float) -> None:
        """Turn the switch off, until it is; somebody else may have done so."""
        if self._ours is None or self._is(self._ours, STATE_OFF):
            self._own(None)
        elif now - self._told >= AGAIN:
            self._told = now
            self._have(self._turn(self._ours, SERVICE_TURN_OFF))

    def _own(self, switch: str | None) -> None:
        self._ours = switch
        self._facts.keep(FACT, switch)

    def _is(self, switch: str, state: str) -> bool:
        known = self._hub.hass.states.get(switch)
        return known is not None and known.state == state

    def _have(self, done: Coroutine[None, None, None]) -> None:
        """Have something done without waiting for it."""
        self._task = self._hub.entry.async_create_background_task(self._hub.hass, done, "ocpp_home holds the battery")

    async def _turn(self, switch: str, service: str) -> None:
        with suppress(HomeAssistantError):  # the switch's own integration tells its owner
            await self._hub.hass.services.async_call(
                split_entity_id(switch)[0], service, {ATTR_ENTITY_ID: switch}, blocking=True
            )
