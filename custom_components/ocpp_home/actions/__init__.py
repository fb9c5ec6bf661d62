"""The actions of the integration: what an automation or a script can ask of stations and EVSEs."""

from asyncio import gather
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util.json import JsonValueType

from ..const import DOMAIN
from ..errors import translated
from . import (
    cards,
    certificates,
    charging,
    customer,
    dimmings,
    display,
    files,
    grid,
    limits,
    maintenance,
    monitoring,
    network,
    passwords,
    planning,
    plug_and_charge,
    privacy,
    profiles,
    security,
    sessions,
    station,
    tariff,
    variables,
)
from .household import HouseholdAction
from .row import Action, Fields
from .target import Aim, aims

ACTIONS: Final[tuple[Action, ...]] = (
    *charging.ACTIONS,
    *limits.ACTIONS,
    *planning.ACTIONS,
    *profiles.ACTIONS,
    *station.ACTIONS,
    *variables.ACTIONS,
    *monitoring.ACTIONS,
    *display.ACTIONS,
    *tariff.ACTIONS,
    *grid.ACTIONS,
    *maintenance.ACTIONS,
    *files.ACTIONS,
    *security.ACTIONS,
    *network.ACTIONS,
    *passwords.ACTIONS,
    *customer.ACTIONS,
)

HOUSEHOLD: Final[tuple[HouseholdAction, ...]] = (
    *sessions.ACTIONS,
    *dimmings.ACTIONS,
    *cards.ACTIONS,
    *privacy.ACTIONS,
    *certificates.ACTIONS,
    *files.HOUSEHOLD,
    *plug_and_charge.ACTIONS,
)
"""What concerns the cards, the records and the keys; all of it is for administrators."""


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
    for ours in HOUSEHOLD:
        answer = partial(_answer, hass, ours)
        async_register_admin_service(hass, DOMAIN, ours.name, answer, ours.schema, supports_response=ours.response)


async def _answer(hass: HomeAssistant, action: HouseholdAction, call: ServiceCall) -> ServiceResponse:
    """Run an action that asks no station."""
    async with translated(None):
        answer = await action.run(hass, call.data)
    return answer if call.return_response else None


async def _handle(hass: HomeAssistant, action: Action, call: ServiceCall) -> ServiceResponse:
    """Run an action on all it is aimed at, side by side; when every one has answered the first refusal is raised."""
    aimed = aims(hass, call.data, per_evse=action.per_evse)
    outcomes = await gather(*(_run(action, aim, call.data) for aim in aimed))
    answers: dict[str, JsonValueType] = {}
    for aim, outcome in zip(aimed, outcomes, strict=True):
        if isinstance(outcome, HomeAssistantError):
            raise outcome
        answers[aim.name] = outcome
    return answers if call.return_response else None


async def _run(action: Action, aim: Aim, fields: Fields) -> JsonValueType | HomeAssistantError:
    try:
        async with translated(aim.station):
            return await action.run(aim, fields)
    except HomeAssistantError as error:
        return error
