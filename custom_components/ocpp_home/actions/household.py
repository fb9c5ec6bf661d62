"""The shape of an action about the household: its records, its cards. It may do without a target."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolSchemaType
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..const import DOMAIN
from .row import Fields

if TYPE_CHECKING:
    from ..hub import Hub

type RunHousehold = Callable[[HomeAssistant, Fields], Awaitable[JsonObjectType | None]]


@dataclass(frozen=True, slots=True)
class HouseholdAction:
    """One action: its name, what it does, and its fields."""

    name: str
    run: RunHousehold
    fields: Mapping[vol.Marker, Any]
    response: SupportsResponse = SupportsResponse.NONE
    aimed: bool = False
    """Whether stations and EVSEs can be named as its target."""

    @property
    def schema(self) -> VolSchemaType:
        """The schema of a call."""
        schema: VolSchemaType = vol.Schema({**(cv.TARGET_SERVICE_FIELDS if self.aimed else {}), **self.fields})
        return schema


def hubs(hass: HomeAssistant) -> Iterator[Hub]:
    """The hubs that run."""
    return (entry.runtime_data for entry in hass.config_entries.async_loaded_entries(DOMAIN))
