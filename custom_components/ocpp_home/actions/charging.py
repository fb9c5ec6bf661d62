"""Actions about charging: transactions, profiles, reservations."""

from datetime import datetime
from typing import Final
from zlib import crc32

from homeassistant.core import SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..const import DOMAIN
from ..csms.model.commands import ProfileFilter
from ..csms.model.reservation import Reservation
from ..csms.model.token import Token
from .row import TIME, Action, Fields
from .target import Aim, block

_MAX: Final = "ChargePointMaxProfile"
_PURPOSES: Final = (_MAX, "TxDefaultProfile", "TxProfile")
_TOKEN: Final = vol.All(cv.string, vol.Length(min=1, max=36))


async def start_transaction(aim: Aim, fields: Fields) -> JsonValueType:
    """Begin a transaction with the given id token, or with the station's own."""
    token = Token(fields.get("token") or aim.station.settings.token)
    await aim.commands.remote.start(aim.evse.id if aim.evse else None, token, fields.get("charging_profile"))
    return None


async def stop_transaction(aim: Aim, fields: Fields) -> JsonValueType:
    """End a transaction by its id, or the one that runs."""
    remote, transaction = aim.commands.remote, fields.get("transaction_id")
    if transaction is None:
        running = aim.one_evse().transaction
        if running is None:
            raise _nothing("no_transaction", aim)
        transaction = running.id
    await remote.stop(transaction)
    return None


async def set_charging_profile(aim: Aim, fields: Fields) -> JsonValueType:
    """Install a charging profile as it is."""
    profile = fields["charging_profile"]
    number = aim.number
    if aim.named is None and profile.get("chargingProfilePurpose") == _MAX:
        number = 0  # OCPP 1.6 ed. 2 - 3.13.1: "can only be set at Charge Point ConnectorId 0"
    await block(aim.commands.charging, "SmartCharging").set_profile(number, profile)
    return None


async def clear_charging_profile(aim: Aim, fields: Fields) -> JsonValueType:
    """Remove the charging profiles that match."""
    which = ProfileFilter(
        id=fields.get("profile_id"),
        evse=aim.named.id if aim.named else None,
        purpose=fields.get("purpose"),
        stack_level=fields.get("stack_level"),
    )
    await block(aim.commands.charging, "SmartCharging").clear_profiles(which)
    return None


async def get_composite_schedule(aim: Aim, fields: Fields) -> JsonValueType:
    """The limits the station will apply."""
    charging = block(aim.commands.charging, "SmartCharging")
    schedule = await charging.composite_schedule(
        aim.number, int(fields["duration"].total_seconds()), fields.get("unit")
    )
    return {
        "unit": schedule.unit,
        "begin": schedule.begin.isoformat() if schedule.begin else None,
        "duration": schedule.duration,
        "periods": [
            {"start": period.start, "limit": period.limit, "phases": period.phases} for period in schedule.periods
        ],
    }


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
            raise _nothing("no_reservation", aim)
        number = reservation.id
    await reservations.cancel(number)
    return None


def _nothing(key: str, aim: Aim) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"name": aim.name}
    )


ACTIONS: Final = (
    Action(
        "start_transaction",
        start_transaction,
        {vol.Optional("token"): _TOKEN, vol.Optional("charging_profile"): dict},
        per_evse=True,
    ),
    Action("stop_transaction", stop_transaction, {vol.Optional("transaction_id"): cv.string}, per_evse=True),
    Action("set_charging_profile", set_charging_profile, {vol.Required("charging_profile"): dict}, per_evse=True),
    Action(
        "clear_charging_profile",
        clear_charging_profile,
        {
            vol.Optional("profile_id"): vol.Coerce(int),
            vol.Optional("purpose"): vol.In(_PURPOSES),
            vol.Optional("stack_level"): cv.positive_int,
        },
        per_evse=True,
    ),
    Action(
        "get_composite_schedule",
        get_composite_schedule,
        {
            vol.Required("duration", default={"hours": 24}): cv.positive_time_period,
            vol.Optional("unit"): vol.In(("A", "W")),
        },
        SupportsResponse.ONLY,
        per_evse=True,
    ),
    Action(
        "reserve",
        reserve,
        {
            vol.Required("token"): _TOKEN,
            vol.Required("until"): TIME,
            vol.Optional("group"): _TOKEN,
            vol.Optional("reservation_id"): cv.positive_int,
        },
        SupportsResponse.OPTIONAL,
        per_evse=True,
    ),
    Action("cancel_reservation", cancel_reservation, {vol.Optional("reservation_id"): cv.positive_int}, per_evse=True),
)
