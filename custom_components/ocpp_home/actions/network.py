"""Actions about the network: where a station dials in, and firmware it offers to others."""

from typing import Final

from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.commands import NetworkProfile
from .files import RETRIES, transfer
from .row import WHOLE, Action, Fields
from .target import Aim, block

_INTERFACES: Final = (
    *("Wired0", "Wired1", "Wired2", "Wired3", "Wireless0", "Wireless1", "Wireless2", "Wireless3", "Any"),
)
_VERSIONS: Final = ("OCPP16", "OCPP20", "OCPP201", "OCPP21")
_CHECKSUM: Final = vol.All(cv.string, vol.Match(r"^[0-9a-fA-F]{32}$"))


async def set_network_profile(aim: Aim, fields: Fields) -> JsonValueType:
    """Write a connection into a slot of the station."""
    profile = NetworkProfile(
        url=fields["url"],
        security_profile=fields["security_profile"],
        interface=fields["interface"],
        message_timeout=int(fields["message_timeout"].total_seconds()),
        version=fields.get("version"),
        identity=fields.get("identity"),
        password=fields.get("password"),
        apn=fields.get("apn"),
        vpn=fields.get("vpn"),
    )
    await block(aim.commands.network, "NetworkProfile").set_profile(fields["slot"], profile)
    return None


async def publish_firmware(aim: Aim, fields: Fields) -> JsonValueType:
    """Ask a local controller to offer firmware to the stations behind it."""
    await block(aim.commands.publishing, "PublishFirmware").publish(transfer(fields), fields["checksum"])
    return None


async def unpublish_firmware(aim: Aim, fields: Fields) -> JsonValueType:
    """End a publication."""
    await block(aim.commands.publishing, "PublishFirmware").unpublish(fields["checksum"])
    return None


ACTIONS: Final = (
    Action(
        "set_network_profile",
        set_network_profile,
        {
            vol.Required("slot"): WHOLE,
            vol.Required("url"): cv.string,
            vol.Required("security_profile"): vol.All(vol.Coerce(int), vol.Range(min=0, max=3)),
            vol.Required("interface", default="Wired0"): vol.In(_INTERFACES),
            vol.Required("message_timeout", default={"seconds": 30}): cv.positive_time_period,
            vol.Optional("version"): vol.In(_VERSIONS),
            vol.Optional("identity"): vol.All(cv.string, vol.Length(max=48)),
            vol.Optional("password"): vol.All(cv.string, vol.Length(max=64)),
            vol.Optional("apn"): dict,
            vol.Optional("vpn"): dict,
        },
        admin=True,
    ),
    Action(
        "publish_firmware",
        publish_firmware,
        {**RETRIES, vol.Required("checksum"): _CHECKSUM},
        admin=True,
    ),
    Action("unpublish_firmware", unpublish_firmware, {vol.Required("checksum"): _CHECKSUM}, admin=True),
)
