"""Actions about the password by which a station proves who it is; each shows it once, in its response."""

from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..const import DOMAIN
from ..csms.security.password import acceptable, generate
from .row import Action, Fields
from .target import Aim

_PASSWORD: Final = vol.All(cv.string, vol.Length(min=1, max=64))


async def set_password(aim: Aim, fields: Fields) -> JsonValueType:
    """Let the station in by this password, or a new one; a station that is connected is told it, unless not wanted."""
    password = fields.get("password") or generate()
    if not acceptable(password):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="password_unusable")
    send = aim.station.connected and fields["send"]
    if not send:
        await aim.credentials.assign(aim.station.name, password)
    return {
        "password": password,
        "sent": send,
        "in_use": await aim.credentials.rotate(aim.station, password) if send else False,
    }


async def rotate_password(aim: Aim, _: Fields) -> JsonValueType:
    """Give a station that is connected a new password; it is known beside the old one until the station has it."""
    password = generate()
    return {"password": password, "sent": True, "in_use": await aim.credentials.rotate(aim.station, password)}


ACTIONS: Final = (
    Action(
        "set_password",
        set_password,
        {vol.Optional("password"): _PASSWORD, vol.Required("send", default=True): cv.boolean},
        SupportsResponse.ONLY,
        admin=True,
    ),
    Action("rotate_password", rotate_password, {}, SupportsResponse.ONLY, admin=True),
)
