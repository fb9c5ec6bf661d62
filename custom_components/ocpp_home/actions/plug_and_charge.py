"""Actions about Plug & Charge: whose contracts are trusted."""

from typing import Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..const import DOMAIN
from ..plug_and_charge import told
from .household import HouseholdAction, hubs
from .row import Fields


async def add_contract_authority(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """Trust the contracts of an authority."""
    for hub in hubs(hass):
        await hub.plug_and_charge.trust(fields["certificate"])
    return await list_contract_authorities(hass, fields)


async def remove_contract_authority(hass: HomeAssistant, fields: Fields) -> None:
    """Trust the contracts of an authority no longer."""
    if not any([await hub.plug_and_charge.distrust(fields["serial_number"]) for hub in hubs(hass)]):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_certificate")


async def list_contract_authorities(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """Whose contracts are trusted."""
    return {"authorities": [told(root) for hub in hubs(hass) for root in hub.plug_and_charge.roots]}


ACTIONS: Final = (
    HouseholdAction(
        "add_contract_authority",
        add_contract_authority,
        {vol.Required("certificate"): cv.string},
        SupportsResponse.OPTIONAL,
    ),
    HouseholdAction("remove_contract_authority", remove_contract_authority, {vol.Required("serial_number"): cv.string}),
    HouseholdAction("list_contract_authorities", list_contract_authorities, {}, SupportsResponse.ONLY),
)
