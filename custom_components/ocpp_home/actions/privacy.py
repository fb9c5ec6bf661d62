"""The action that takes a person out of everything that is recorded here and at the stations."""

from asyncio import gather
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from ..cards import card_entries, token_of
from ..const import CONF_PERSON, DOMAIN
from ..csms.model import oblivion
from ..csms.model.station import Station
from ..csms.model.token import Token
from .household import HouseholdAction, hubs
from .row import Fields

if TYPE_CHECKING:
    from ..hub import Hub

NAME: Final = vol.All(cv.string, vol.Length(min=1))


async def forget_person(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """Forget a person or a card: in the records, in the calendars, among the cards, and at the stations."""
    person, card = fields.get("person"), fields.get("card")
    if person is None and card is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="who_is_forgotten")
    return {hub.entry.title: await _forget(hub, person, card) for hub in hubs(hass)}


async def _forget(hub: Hub, person: str | None, card: str | None) -> JsonObjectType:
    theirs = [
        entry
        for entry in card_entries(hub.entry)
        if entry.title == card or (person is not None and entry.data.get(CONF_PERSON) == person)
    ]
    tokens = [token_of(entry.data) for entry in theirs]
    keys = {token.key for token in tokens}
    bookings = sum(station.agenda.forget(keys) for station in hub.stations.values())
    for entry in theirs:
        hub.hass.config_entries.async_remove_subentry(hub.entry, entry.subentry_id)
    hub.sync()  # whose the cards were is past now, and goes with all that is past
    forgotten = await hub.ledger.forget_person(person, card)
    outcomes = await gather(*(_ask(station, tokens) for station in hub.stations.values()))
    return {
        "sessions": forgotten.sessions,
        "still_running": list(forgotten.running),
        "reservations": bookings,
        "cards": len(theirs),
        "stations": dict(zip((station.name for station in hub.stations.values()), outcomes, strict=True)),
    }


async def _ask(station: Station, tokens: Collection[Token]) -> str:
    """Let a station forget now, or when it returns."""
    oblivion.ask(station, tokens)
    return (await oblivion.forget(station)).value if tokens else "no_card"


ACTIONS: Final = (
    HouseholdAction(
        "forget_person",
        forget_person,
        {vol.Optional("person"): NAME, vol.Optional("card"): NAME},
        SupportsResponse.OPTIONAL,
    ),
)
