"""What a variable has beside its actual value: a target, and the limits of what can be set (OCPP 2.0.1 ed. 3 - B05)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..dialogue.call import Caller, Handler, consent
from ..model.errors import Refused, Unsupported
from ..model.standard_variables import secret
from ..model.station import Station
from ..model.variable import Variable, VariableKey, key_of
from ..wire.frame import Payload
from . import keys
from .chunks import chunks
from .configuration import CONTROLLER, UNKNOWN
from .variables import ACTUAL

REQUESTS: Final[dict[str, Handler]] = {}


class Attributes:
    """The attributes of the variables of one station."""

    def __init__(self, station: Station, call: Caller) -> None:
        """Write attributes of `station` through `call`."""
        self._station = station
        self._call = call

    async def write(self, name: str, attribute: str, value: str) -> bool:
        """Write the `Target`, `MinSet` or `MaxSet` of a variable; tells whether it waits for a reboot."""
        key = key_of(name)
        data = keys.both(key) | {"attributeType": attribute, "attributeValue": value}
        answer = await self._call("SetVariables", {"setVariableData": [data]})
        later = self._outcome(key, attribute, answer) == "RebootRequired"
        self._note(key, attribute, value)
        if later:
            self._station.notice("reboot_required", key=key.path)
        return later

    async def read(self, names: Sequence[str], attribute: str) -> list[Variable]:
        """Read the `Target`, `MinSet` or `MaxSet` of variables; those that have none are left out (B06)."""
        asked = [keys.both(key) | {"attributeType": attribute} for key in map(key_of, dict.fromkeys(names))]
        found: list[Variable] = []
        for chunk in chunks(self._station, CONTROLLER, "GetVariables", asked):
            answer = await self._call("GetVariables", {"getVariableData": chunk})
            found += [
                self._note(keys.read(told), attribute, told.get("attributeValue"))
                for told in answer.get("getVariableResult") or ()
                if told["attributeStatus"] == "Accepted" and told.get("attributeType", ACTUAL) == attribute
            ]
        return found

    def _outcome(self, key: VariableKey, attribute: str, answer: Payload) -> str:
        """B05.FR.02, B05.FR.03: the result names the variable and the attribute."""
        for told in answer.get("setVariableResult") or ():
            if keys.read(told).fold == key.fold and told.get("attributeType", attribute) == attribute:
                break
        else:
            raise Refused("no result", key.path)
        if told["attributeStatus"] in UNKNOWN:
            raise Unsupported(f"{told['attributeStatus']}: {attribute} of {key.path}")
        outcome = {"status": told["attributeStatus"], "statusInfo": told.get("attributeStatusInfo")}
        return consent(outcome, "Accepted", "RebootRequired")

    def _note(self, key: VariableKey, attribute: str, value: str | None) -> Variable:
        """Note an attribute of a variable that is known, unless it is secret; gives the variable with it."""
        known = self._station.variables.known.get(key.fold)
        variable = known or Variable(key, None)
        attributes = dict(variable.attributes) | {attribute: None if secret(key) else value}
        variable = replace(variable, attributes=tuple(attributes.items()))
        if known is not None and self._station.variables.put(variable):
            self._station.changed(self._station)
        return variable
