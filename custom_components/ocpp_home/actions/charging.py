"""Actions about charging: transactions and reservations."""

from datetime import datetime
from typing import Final
from zlib import crc32

from homeassistant.core import SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..const import DOMAIN
from ..csms.model.reservation import Reservation
from ..csms.model.token import Token
from .row import TIME, TOKEN, Action, Fields
from .target import Aim, block


async def start_transaction(aim: Aim, fields: Fields) -> JsonValueType:
    """Begin a transaction with a card, with the given id token, or with the station's own."""
    name = fields.get("card")
    token = Token(fields.get("token") or aim.station.settings.token) if name is None else _token_of(aim, name)
    await aim.commands.remote.start(aim.evse.id if aim.evse else None, token, fields.get("charging_profile"))
    return None


def _token_of(aim: Aim, name: str) -> Token:
    """The token of the card that is called so; raises a translated error when there is none."""
    for card in aim.station.household.cards:
        if card.name.casefold() == name.strip().casefold():
            return card.token
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="unknown_card", translation_placeholders={"card": name}
    )


async def stop_transaction(aim: Aim, fields: Fields) -> JsonValueType:
    """End a transaction by its id, or the one that runs."""
    remote = aim.commands.remote
    await remote.stop(aim.transaction(fields.get("transaction_id")))
    return None


async def use_priority_charging(aim: Aim, fields: Fields) -> JsonValueType:
    """Begin or end priority charging."""
    priority = block(aim.commands.priority, "PriorityCharging")
    await priority.use(aim.transaction(fields.get("transaction_id")), active=fields["active"])
    return None


async def reserve(aim: Aim, fields: Fields) -> JsonValueType:
    """Keep an EVSE, or any of the station, for an id token."""
    reservations = block(aim.commands.reservations, "Reservation")
    until: datetime = fields["until"]
    token: str = fields["token"]
    number = fields.get("reservation_id")
    if number is None:
        number = crc32(f"{aim.number}/{token}/{until.isoformat()}".encode()) & 0x7FFFFFFF
    reservation = Reservation(number, aim.number, token, until, fields.get("group"))
    await reservations.reserve(reservation)
    return {"reservation_id": number}


async def cancel_reservation(aim: Aim, fields: Fields) -> JsonValueType:
    """Give a reserved EVSE free again."""
    reservations, number = block(aim.commands.reservations, "Reservation"), fields.get("reservation_id")
    if number is None:
        reservation = aim.one_evse().reservation
        if reservation is None:
            raise aim.nothing("no_reservation")
        number = reservation.id
    await reservations.cancel(number)
    return None


ACTIONS: Final = (
    Action(
        "start_transaction",
        start_transaction,
        {
            vol.Exclusive("token", "whose"): TOKEN,
            vol.Exclusive("card", "whose"): cv.string,
            vol.Optional("charging_profile"): dict,
        },
        per_evse=True,
    ),
    Action("stop_transaction", stop_transaction, {vol.Optional("transaction_id"): cv.string}, per_evse=True),
    Action(
        "use_priority_charging",
        use_priority_charging,
        {vol.Required("active", default=True): cv.boolean, vol.Optional("transaction_id"): cv.string},
        per_evse=True,
    ),
    Action(
        "reserve",
        reserve,
        {
            vol.Required("token"): TOKEN,
            vol.Required("until"): TIME,
            vol.Optional("group"): TOKEN,
            vol.Optional("reservation_id"): cv.positive_int,
        },
        SupportsResponse.OPTIONAL,
        per_evse=True,
    ),
    Action("cancel_reservation", cancel_reservation, {vol.Optional("reservation_id"): cv.positive_int}, per_evse=True),
)
