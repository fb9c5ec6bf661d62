"""The actions of the integration: what an automation or a script can ask of stations and EVSEs."""

from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util.json import JsonValueType

from ..const import DOMAIN
from ..errors import translated
from . import charging, station
from .row import Action
from .target import aims

ACTIONS: Final[tuple[Action, ...]] = (*charging.ACTIONS, *station.ACTIONS)


@callback
def async_setup_actions(hass: HomeAssistant) -> None:
    """Register every action of the tables."""
    for action in ACTIONS:
        handle = partial(_handle, hass, action)
        if action.admin:
            async_register_admin_service(
                hass, DOMAIN, action.name, handle, action.schema, supports_response=action.response
            )
        else:
            hass.services.async_register(DOMAIN, action.name, handle, action.schema, supports_response=action.response)


async def _handle(hass: HomeAssistant, action: Action, call: ServiceCall) -> ServiceResponse:
    """Run an action on all it is aimed at; every target is tried before the first refusal is raised."""
    answers: dict[str, JsonValueType] = {}
    refusals: list[HomeAssistantError] = []
    for aim in aims(hass, call):
        try:
            async with translated(aim.station):
                answers[aim.name] = await action.run(aim, call.data)
        except HomeAssistantError as error:
            refusals.append(error)
    if refusals:
        raise refusals[0]
    return answers if call.return_response else None
