"""The device model (OCPP 2.0.1 ed. 3 - B05 to B08): how variables are named, reported and asked for."""

from datetime import datetime
from typing import Final

from ..dialogue.call import Handler
from ..dialogue.fields import number, text
from ..model.standard_variables import secret
from ..model.station import Station
from ..model.variable import Traits, Variable, VariableKey
from ..wire.frame import Payload
from . import keys, parts

ACTUAL: Final = "Actual"


def notify_report(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take a part of a report over into the model; whoever asked for it learns when it is whole."""
    told = payload.get("reportData")
    changed = False
    for entry in told if isinstance(told, list) else ():
        variable = reported(entry) if isinstance(entry, dict) else None
        if variable is not None:
            changed |= station.variables.put(variable)
    if changed:
        station.changed(station)
    parts.take(station, payload)
    return {}


def reported(entry: Payload) -> Variable | None:
    """The variable of a ReportDataType; without an Actual value it has none."""
    key = keys.read(entry)
    if not key.component or not key.name:
        return None
    told = entry.get("variableAttribute")
    attributes = {
        text(attribute, "type", 20) or ACTUAL: attribute
        for attribute in (told if isinstance(told, list) else ())
        if isinstance(attribute, dict)
    }
    actual = attributes.pop(ACTUAL, {})
    told = entry.get("variableCharacteristics")
    traits: Payload = told if isinstance(told, dict) else {}
    return Variable(
        key,
        _value(key, actual),
        readonly=text(actual, "mutability", 20) == "ReadOnly",
        writeonly=text(actual, "mutability", 20) == "WriteOnly",
        unit=text(traits, "unit", 16),
        monitored=monitored if isinstance(monitored := traits.get("supportsMonitoring"), bool) else None,
        traits=_traits(traits) if traits else None,
        attributes=tuple((name, _value(key, attribute)) for name, attribute in attributes.items()),
    )


def _value(key: VariableKey, attribute: Payload) -> str | None:
    value = attribute.get("value")
    return None if value is None or secret(key) else str(value)


def _traits(told: Payload) -> Traits:
    return Traits(
        kind=text(told, "dataType", 20),
        minimum=number(told, "minLimit"),
        maximum=number(told, "maxLimit"),
        values=tuple(word for value in text(told, "valuesList", 1000).split(",") if (word := value.strip())),
    )


REQUESTS: Final[dict[str, Handler]] = {"NotifyReport": notify_report}
