"""How variables are named: `component` and `variable` of a payload, `VariableKey` in the model."""

from ..dialogue.fields import text, whole
from ..model.variable import VariableKey
from ..wire.frame import Payload


def component(key: VariableKey) -> Payload:
    """ComponentType."""
    named: Payload = {"name": key.component}
    if key.component_instance:
        named["instance"] = key.component_instance
    if key.evse is not None:
        named["evse"] = {"id": key.evse} | ({} if key.connector is None else {"connectorId": key.connector})
    return named


def variable(key: VariableKey) -> Payload:
    """VariableType."""
    return {"name": key.name} | ({"instance": key.instance} if key.instance else {})


def both(key: VariableKey) -> Payload:
    """A component and its variable; without a name all its variables."""
    return {"component": component(key)} | ({"variable": variable(key)} if key.name else {})


def read(entry: Payload) -> VariableKey:
    """What an entry with `component` and `variable` speaks of."""
    one, other = _part(entry, "component"), _part(entry, "variable")
    place = _part(one, "evse")
    return VariableKey(
        component=text(one, "name"),
        name=text(other, "name"),
        evse=whole(place, "id"),
        connector=whole(place, "connectorId"),
        instance=text(other, "instance"),
        component_instance=text(one, "instance"),
    )


def _part(payload: Payload, name: str) -> Payload:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}
