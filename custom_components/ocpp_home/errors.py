"""The one place where what goes wrong at a station becomes an error in the language of the user."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .csms.model.errors import Invalid, LedgerFailed, OcppError, Offline, Refused, Unanswered, Unsupported
from .csms.model.station import Station
from .words import tame

OURSELVES: Final = "OCPP Home"
REASON: Final = 255
"""So much is told of what a station says."""

ERRORS: Final[dict[type[OcppError], tuple[type[HomeAssistantError], str]]] = {
    Offline: (HomeAssistantError, "offline"),
    Unanswered: (HomeAssistantError, "unanswered"),
    Refused: (HomeAssistantError, "refused"),
    LedgerFailed: (HomeAssistantError, "ledger_failed"),
    Unsupported: (ServiceValidationError, "unsupported"),
    Invalid: (ServiceValidationError, "invalid"),
}


@asynccontextmanager
async def translated(station: Station | None, title: str = "") -> AsyncIterator[None]:
    """Raise what the station, or OCPP Home itself, did not do as an error with the words that tell why.

    The station is called by its title, where its owner knows it by that, else by its identity.
    """
    try:
        yield
    except OcppError as error:
        kind, key = ERRORS.get(type(error), (HomeAssistantError, "failed"))
        raise kind(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={
                "station": title or (OURSELVES if station is None else tame(station.name)),
                "reason": tame(str(error)[:REASON]),
            },
        ) from error
