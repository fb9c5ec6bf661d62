"""Actions about what a station can be set to: variables of OCPP 2.x, configuration keys of 1.6."""

from collections.abc import Callable
from math import isfinite
from typing import Final

from homeassistant.core import SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..csms.model.configuration_keys import natural
from ..csms.model.variable import Variable
from ..csms.security.rotation import is_password
from .row import Action, Fields, given, several
from .target import Aim, block

_ACTUAL: Final = "Actual"
_ATTRIBUTES: Final = (_ACTUAL, "Target", "MinSet", "MaxSet")


def _words(value: str) -> JsonValueType:
    return [word for part in value.split(",") if (word := part.strip())]


def _decimal(value: str) -> JsonValueType:
    if isfinite(number := float(value)):
        return number
    raise ValueError(value)


def _truth(value: str) -> JsonValueType:
    return {"true": True, "false": False}[value.casefold()]


_READ: Final[dict[str, Callable[[str], JsonValueType]]] = {
    "boolean": _truth,
    "integer": int,
    "decimal": _decimal,
    "list": _words,
    "MemberList": _words,
    "SequenceList": _words,
}
"""How a value is read; OptionList, string, dateTime and the like are text."""


async def get_variables(aim: Aim, fields: Fields) -> JsonValueType:
    """Read variables with all that is known of them, or another of their attributes."""
    if fields["attribute"] != _ACTUAL:
        attributes = block(aim.commands.attributes, "VariableAttributes")
        variables = await attributes.read(fields["variables"], fields["attribute"])
    else:
        variables = await aim.commands.configuration.read(fields["variables"])
    return {"variables": [_told(variable) for variable in variables]}


async def set_variable(aim: Aim, fields: Fields) -> JsonValueType:
    """Write a variable, or another of its attributes; the password of the station is known from then on."""
    if fields["attribute"] != _ACTUAL:
        attributes = block(aim.commands.attributes, "VariableAttributes")
        return {"reboot_required": await attributes.write(fields["variable"], fields["attribute"], fields["value"])}
    if is_password(fields["variable"]):
        in_use = await aim.credentials.rotate(aim.station, fields["value"], spelled=True)
        return {"reboot_required": not in_use}
    written = await aim.commands.configuration.write(fields["variable"], fields["value"])
    return {"reboot_required": written.reboot_required}


async def get_configuration(aim: Aim, fields: Fields) -> JsonValueType:
    """Read keys of the station's configuration as the station writes them."""
    variables = await aim.commands.configuration.read(fields["keys"])
    return {variable.key.path: {"value": variable.value, "readonly": variable.readonly} for variable in variables}


async def set_configuration(aim: Aim, fields: Fields) -> JsonValueType:
    """Write a key of the station's configuration."""
    return await set_variable(aim, {"variable": fields["key"], "value": fields["value"], "attribute": _ACTUAL})


def _told(variable: Variable) -> dict[str, JsonValueType]:
    key, traits, kind = variable.key, variable.traits, _kind(variable)
    told: dict[str, JsonValueType] = {
        "component": key.component or None,
        "component_instance": key.component_instance or None,
        "name": key.name,
        "instance": key.instance or None,
        "evse": key.evse,
        "connector": key.connector,
        "unit": variable.unit or None,
        "type": kind or None,
        "attributes": {name: _value(value, kind) for name, value in variable.attributes} or None,
        "writeonly": variable.writeonly or None,
        "reboot_required": variable.reboot_required or None,
    }
    if traits is not None:
        told |= {"minimum": traits.minimum, "maximum": traits.maximum, "options": list(traits.values) or None}
    always: dict[str, JsonValueType] = {
        "variable": key.path,
        "value": _value(variable.value, kind),
        "readonly": variable.readonly,
    }
    return always | given(told)


def _kind(variable: Variable) -> str:
    """What a value is, in the words of the station or, of a key of 1.6, in ours."""
    if variable.traits is not None:
        return variable.traits.kind
    row = natural(variable.key.name, variable.key.component)
    return "" if row is None else row.nature.value


def _value(value: str | None, kind: str) -> JsonValueType:
    """A value as what it is; one that is not what it should be stays text."""
    if value is None or kind not in _READ:
        return value
    try:
        return _READ[kind](value.strip())
    except KeyError, ValueError:
        return value


def _text(value: object) -> str:
    """The text of a value; a truth value and a list are written as stations write them (OCPP 1.6 ed. 2 - 9.1.1)."""
    if isinstance(value, list):
        return ",".join(map(cv.string, value))
    return str(value).lower() if isinstance(value, bool) else cv.string(value)


_OPTIONAL: Final = SupportsResponse.OPTIONAL
_ONLY: Final = SupportsResponse.ONLY

ACTIONS: Final = (
    Action(
        "get_variables",
        get_variables,
        {
            vol.Optional("variables", default=list): several(cv.string),
            vol.Optional("attribute", default=_ACTUAL): vol.In(_ATTRIBUTES),
        },
        _ONLY,
    ),
    Action(
        "set_variable",
        set_variable,
        {
            vol.Required("variable"): cv.string,
            vol.Required("value"): _text,
            vol.Required("attribute", default=_ACTUAL): vol.In(_ATTRIBUTES),
        },
        _OPTIONAL,
        admin=True,
    ),
    Action("get_configuration", get_configuration, {vol.Optional("keys", default=list): several(cv.string)}, _ONLY),
    Action(
        "set_configuration",
        set_configuration,
        {vol.Required("key"): cv.string, vol.Required("value"): _text},
        _OPTIONAL,
        admin=True,
    ),
)
