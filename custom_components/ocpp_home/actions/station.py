"""Actions about a station: restart, availability, configuration, messages."""

from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.commands import ResetKind
from .row import Action, Fields
from .target import Aim, block


async def reset(aim: Aim, fields: Fields) -> JsonValueType:
    """Restart the station."""
    await aim.commands.remote.reset(ResetKind.HARD if fields["kind"] == "hard" else ResetKind.SOFT)
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
    await trigger.trigger(fields["message"], aim.named.id if aim.named else None)
    return None


async def data_transfer(aim: Aim, fields: Fields) -> JsonValueType:
    """Send a message of a vendor."""
    data = await aim.commands.remote.transfer(fields["vendor_id"], fields.get("message_id"), fields.get("data"))
    return {"data": data}


async def get_configuration(aim: Aim, fields: Fields) -> JsonValueType:
    """Read keys of the station's configuration."""
    variables = await aim.commands.configuration.read(fields["keys"])
    return {variable.key.name: {"value": variable.value, "readonly": variable.readonly} for variable in variables}


async def set_configuration(aim: Aim, fields: Fields) -> JsonValueType:
    """Write a key of the station's configuration."""
    written = await aim.commands.configuration.write(fields["key"], fields["value"])
    return {"reboot_required": written.reboot_required}


async def call(aim: Aim, fields: Fields) -> JsonValueType:
    """Send any request as it is."""
    return dict(await aim.commands.remote.call(fields["action"], fields["payload"]))  # type: ignore[arg-type]  # plain JSON


def _value(value: object) -> str:
    """The text of a value; a truth value is written as stations write it (OCPP 1.6 ed. 2 - 9.1.1)."""
    return str(value).lower() if isinstance(value, bool) else cv.string(value)


_OPTIONAL: Final = SupportsResponse.OPTIONAL
_ONLY: Final = SupportsResponse.ONLY

ACTIONS: Final = (
    Action("reset", reset, {vol.Required("kind", default="soft"): vol.In(("soft", "hard"))}),
    Action("unlock", unlock, {}, per_evse=True),
    Action(
        "change_availability", change_availability, {vol.Required("operative"): cv.boolean}, _OPTIONAL, per_evse=True
    ),
    Action("clear_cache", clear_cache, {}),
    Action("trigger_message", trigger_message, {vol.Required("message"): cv.string}, per_evse=True),
    Action(
        "data_transfer",
        data_transfer,
        {vol.Required("vendor_id"): cv.string, vol.Optional("message_id"): cv.string, vol.Optional("data"): cv.string},
        _OPTIONAL,
        admin=True,
    ),
    Action(
        "get_configuration",
        get_configuration,
        {vol.Optional("keys", default=list): vol.All(cv.ensure_list, [cv.string])},
        _ONLY,
    ),
    Action(
        "set_configuration",
        set_configuration,
        {vol.Required("key"): cv.string, vol.Required("value"): _value},
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
