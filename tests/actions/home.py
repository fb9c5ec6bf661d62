"""A home with two places to charge, and how actions are called there."""

from dataclasses import dataclass
from typing import Any

from homeassistant.core import Context, HomeAssistant, SupportsResponse
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util.json import JsonObjectType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.hub import Hub
from tests.household import simulated
from tests.simulator import Hardware, Station

TWO = Hardware(connectors=2)


@dataclass
class Home:
    """The stations GARAGE and YARD are known; whether they are connected is up to the test."""

    hass: HomeAssistant
    entry: MockConfigEntry
    hub: Hub

    def station(self, identity: str = "GARAGE", **details: Any) -> Station:
        """A station that dials in; `async with` connects it."""
        return simulated(self.entry, identity, **details)

    def device(self, key: str = "garage") -> str:
        """The device of a station, or of an EVSE of it (`yard/2`)."""
        registry = dr.async_get(self.hass)
        for find in (registry.async_get_device_by_identifier, registry.async_get_child_device_by_identifier):
            if (device := find((DOMAIN, key), self.entry.entry_id)) is not None:
                return device.id
        raise AssertionError(f"there is no device {key}")

    def entity(self, key: str, platform: str = "sensor") -> str:
        """The entity of a unique id."""
        found = er.async_get(self.hass).async_get_entity_id(platform, DOMAIN, key)
        assert found is not None, f"there is no {platform} {key}"
        return found

    async def do(
        self, action: str, target: dict[str, Any] | None = None, context: Context | None = None, /, **fields: Any
    ) -> JsonObjectType | None:
        """Perform an action, aimed at the garage if nothing else is said; gives its response if it has one."""
        responds = self.hass.services.supports_response(DOMAIN, action) is not SupportsResponse.NONE
        return await self.hass.services.async_call(
            DOMAIN,
            action,
            fields,
            blocking=True,
            context=context,
            target={"device_id": self.device()} if target is None else target,
            return_response=responds,
        )
