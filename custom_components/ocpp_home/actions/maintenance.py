"""Actions about the local list of a station."""

from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.token import Decision, Verdict
from .row import Action, Fields
from .target import Aim, block


async def get_local_list_version(aim: Aim, _: Fields) -> JsonValueType:
    """Read the version of the local authorization list."""
    return {"version": await block(aim.commands.local_list, "LocalAuthListManagement").version()}


async def send_local_list(aim: Aim, fields: Fields) -> JsonValueType:
    """Replace or amend the local authorization list."""
    local_list = block(aim.commands.local_list, "LocalAuthListManagement")
    entries: dict[str, Verdict | None] = {token: Verdict(Decision.ACCEPTED) for token in fields["tokens"]}
    entries.update(dict.fromkeys(fields["remove"]))
    version = fields.get("version")
    if version is None:  # a long list is sent in parts, each with a version of its own
        version = await local_list.version() + max(1, len(entries))
    await local_list.send(version, entries, full=not fields["amend"])
    return {"version": version}


_OPTIONAL: Final = SupportsResponse.OPTIONAL
_ONLY: Final = SupportsResponse.ONLY

ACTIONS: Final = (
    Action("get_local_list_version", get_local_list_version, {}, _ONLY),
    Action(
        "send_local_list",
        send_local_list,
        {
            vol.Optional("tokens", default=list): vol.All(cv.ensure_list, [cv.string]),
            vol.Optional("remove", default=list): vol.All(cv.ensure_list, [cv.string]),
            vol.Optional("amend", default=False): cv.boolean,
            vol.Optional("version"): vol.All(vol.Coerce(int), vol.Range(min=1)),
        },
        _OPTIONAL,
        admin=True,
    ),
)
