"""Actions about the display of a station."""

from typing import Final
from zlib import crc32

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.blocks import DisplayMessage
from .row import TIME, WHOLE, Action, Fields, given, several, stamp
from .target import Aim, block

_PRIORITIES: Final = ("AlwaysFront", "InFront", "NormalCycle")
_STATES: Final = ("Charging", "Faulted", "Idle", "Unavailable", "Suspended", "Discharging")
_FORMATS: Final = ("UTF8", "ASCII", "HTML", "URI", "QRCODE")
_BLOCK: Final = "DisplayMessage"


async def show_message(aim: Aim, fields: Fields) -> JsonValueType:
    """Show a message; without a number of its own the same words are the same message."""
    number = fields.get("message_id")
    message = DisplayMessage(
        id=crc32(fields["text"].encode()) & 0x7FFFFFFF if number is None else number,
        text=fields["text"],
        priority=fields["priority"],
        format=fields["format"],
        language=fields.get("language"),
        state=fields.get("state"),
        begin=fields.get("begin"),
        end=fields.get("end"),
        transaction=fields.get("transaction_id"),
    )
    await block(aim.commands.displays, _BLOCK).show(message)
    return {"message_id": message.id}


async def get_messages(aim: Aim, fields: Fields) -> JsonValueType:
    """The messages that the station shows or will show."""
    displays = block(aim.commands.displays, _BLOCK)
    found = await displays.shown(fields["message_ids"], priority=fields.get("priority"), state=fields.get("state"))
    return {"messages": [_told(message) for message in found]}


async def clear_message(aim: Aim, fields: Fields) -> JsonValueType:
    """Take a message away."""
    await block(aim.commands.displays, _BLOCK).clear(fields["message_id"])
    return None


def _told(message: DisplayMessage) -> JsonValueType:
    return given(
        {
            "message_id": message.id,
            "text": message.text,
            "priority": message.priority,
            "format": message.format,
            "language": message.language,
            "state": message.state,
            "begin": stamp(message.begin),
            "end": stamp(message.end),
            "transaction_id": message.transaction,
        }
    )


ACTIONS: Final = (
    Action(
        "show_message",
        show_message,
        {
            vol.Required("text"): vol.All(cv.string, vol.Length(min=1, max=1024)),
            vol.Required("priority", default="NormalCycle"): vol.In(_PRIORITIES),
            vol.Optional("state"): vol.In(_STATES),
            vol.Optional("begin"): TIME,
            vol.Optional("end"): TIME,
            vol.Optional("transaction_id"): cv.string,
            vol.Optional("language"): vol.All(cv.string, vol.Length(max=8)),
            vol.Required("format", default="UTF8"): vol.In(_FORMATS),
            vol.Optional("message_id"): WHOLE,
        },
        SupportsResponse.OPTIONAL,
    ),
    Action(
        "get_messages",
        get_messages,
        {
            vol.Optional("message_ids", default=list): several(WHOLE),
            vol.Optional("priority"): vol.In(_PRIORITIES),
            vol.Optional("state"): vol.In(_STATES),
        },
        SupportsResponse.ONLY,
    ),
    Action("clear_message", clear_message, {vol.Required("message_id"): WHOLE}),
)
