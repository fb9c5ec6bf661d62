"""What knocks and is not known: offered to the owner as discovery cards, a few at a time."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigFlowContext
from homeassistant.core import callback
from homeassistant.helpers.discovery_flow import DiscoveryKey, async_create_flow

from .const import DOMAIN

if TYPE_CHECKING:
    from .hub import Hub

MOST: Final = 5
"""So many of a kind may be offered at once."""


class Offered(Protocol):
    """What a discovery begins with."""

    @property
    def entry_id(self) -> str:
        """The hub it came to."""

    @property
    def key(self) -> str:
        """What makes two of them the same."""


class Offers[T: Offered]:
    """The discovery cards of one kind at one hub."""

    def __init__(self, hub: Hub, kind: type[T]) -> None:
        """Begin with those that are there."""
        self._hub = hub
        self._kind = kind

    @callback
    def make(self, one: T) -> None:
        """Offer something, unless too many others wait already; what is offered twice is offered once."""
        others = self._hub.hass.config_entries.flow.async_progress_by_init_data_type(
            self._kind, lambda other: self._mine(other) and other.key != one.key
        )
        if len(others) < MOST:
            async_create_flow(
                self._hub.hass,
                DOMAIN,
                ConfigFlowContext(source=SOURCE_INTEGRATION_DISCOVERY),
                one,
                discovery_key=DiscoveryKey(domain=DOMAIN, key=one.key, version=1),
            )

    @callback
    def dismiss(self, matcher: Callable[[T], bool]) -> None:
        """Take offers back."""
        self._hub.hass.config_entries.flow.async_dismiss_discovery_flows(
            self._kind, lambda one: self._mine(one) and matcher(one)
        )

    def _mine(self, one: T) -> bool:
        return one.entry_id == self._hub.entry.entry_id
