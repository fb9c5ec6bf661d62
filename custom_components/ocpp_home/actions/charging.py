"""Actions about charging: transactions and reservations."""

from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..bookings import check
from ..const import DOMAIN
from ..csms.model.booking import Booking, number
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
    """Keep an EVSE, or any of the station, for a card or an id token: from now on, or from a moment to come."""
    begin, until, now = fields.get("begin"), fields["until"], dt_util.utcnow()
    commands = aim.commands if begin is None else aim.station.commands
    if commands is not None:
        block(commands.reservations, "Reservation")
    name = fields.get("card")
    token = Token(fields.get("token") or aim.station.settings.token) if name is None else _token_of(aim, name)
    given = fields.get("reservation_id")
    its_number = number(aim.number, token.id, until.isoformat(), begin) if given is None else given
    reservation = Reservation(its_number, aim.number, token.id, until, fields.get("group"), token.type)
    booking = Booking(reservation, begin or now.replace(microsecond=0))
    check(aim.station, booking, now)
    await aim.station.reserve(booking, now)
    return {"reservation_id": its_number}


async def cancel_reservation(aim: Aim, fields: Fields) -> JsonValueType:
    """Give a reserved EVSE free again, or drop what is only planned."""
    its_number = fields.get("reservation_id")
    if its_number is None:
        booked = next((one for one in aim.station.agenda.of(aim.one_evse().id) if one.open), None)
        if booked is None:
            block(aim.commands.reservations, "Reservation")
            raise aim.nothing("no_reservation")
        its_number = booked.id
    await aim.station.cancel(its_number)
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
            vol.Exclusive("token", "whose"): TOKEN,
            vol.Exclusive("card", "whose"): cv.string,
            vol.Optional("begin"): TIME,
            vol.Required("until"): TIME,
            vol.Optional("group"): TOKEN,
            vol.Optional("reservation_id"): cv.positive_int,
        },
        SupportsResponse.OPTIONAL,
        per_evse=True,
    ),
    Action("cancel_reservation", cancel_reservation, {vol.Optional("reservation_id"): cv.positive_int}, per_evse=True),
)
