"""Actions about a station: restart, availability, messages."""

from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.commands import ResetKind
from .row import Action, Fields, plain
from .target import Aim, block

_RESETS: Final = {kind.value.lower(): kind for kind in ResetKind}


async def reset(aim: Aim, fields: Fields) -> JsonValueType:
    """Restart the station."""
    await aim.commands.remote.reset(_RESETS[fields["kind"]])
    return None


async def reset_evse(aim: Aim, fields: Fields) -> JsonValueType:
    """Restart a single EVSE."""
    remote = aim.commands.remote
    await remote.reset(_RESETS[fields["kind"]], aim.one_evse().id)
    return None


async def unlock(aim: Aim, _: Fields) -> JsonValueType:
    """Release the cable."""
    await aim.commands.remote.unlock(aim.one_evse().id)
    return None


async def change_availability(aim: Aim, fields: Fields) -> JsonValueType:
    """Take an EVSE or the station in or out of use."""
    done = await aim.commands.remote.availability(aim.number, fields["operative"])
    return {"scheduled": not done}


async def clear_cache(aim: Aim, _: Fields) -> JsonValueType:
    """Make the station forget who was authorized before."""
    await aim.commands.remote.clear_cache()
    return None


async def trigger_message(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask for a message."""
    trigger = block(aim.commands.trigger, "RemoteTrigger")
    await trigger.trigger(fields["message"], aim.only)
    return None


async def trigger_custom_message(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask for what only the vendor has a name for."""
    await block(aim.commands.custom_trigger, "CustomTrigger").custom(fields["custom_trigger"], aim.only)
    return None


async def data_transfer(aim: Aim, fields: Fields) -> JsonValueType:
    """Send a message of a vendor."""
    data = await aim.commands.remote.transfer(fields["vendor_id"], fields.get("message_id"), fields.get("data"))
    return {"data": data}


async def call(aim: Aim, fields: Fields) -> JsonValueType:
    """Send any request as it is."""
    return plain(await aim.commands.remote.call(fields["action"], fields["payload"]))


_KIND: Final = {vol.Required("kind", default="soft"): vol.In(tuple(_RESETS))}
_OPTIONAL: Final = SupportsResponse.OPTIONAL

ACTIONS: Final = (
    Action("reset", reset, _KIND),
    Action("reset_evse", reset_evse, _KIND, per_evse=True),
    Action("unlock", unlock, {}, per_evse=True),
    Action(
        "change_availability", change_availability, {vol.Required("operative"): cv.boolean}, _OPTIONAL, per_evse=True
    ),
    Action("clear_cache", clear_cache, {}),
    Action("trigger_message", trigger_message, {vol.Required("message"): cv.string}, per_evse=True),
    Action(
        "trigger_custom_message",
        trigger_custom_message,
        {vol.Required("custom_trigger"): vol.All(cv.string, vol.Length(min=1, max=50))},
        per_evse=True,
    ),
    Action(
        "data_transfer",
        data_transfer,
        {vol.Required("vendor_id"): cv.string, vol.Optional("message_id"): cv.string, vol.Optional("data"): cv.string},
        _OPTIONAL,
        admin=True,
    ),
    Action(
        "call",
        call,
        {vol.Required("action"): cv.string, vol.Optional("payload", default=dict): dict},
        _OPTIONAL,
        admin=True,
    ),
)
