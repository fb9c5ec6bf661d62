"""What a variable has beside its actual value: a target, and the limits of what can be set (OCPP 2.0.1 ed. 3 - B05)."""

from dataclasses import replace
from typing import Final

from ..dialogue.call import Caller, Handler, consent
from ..model.errors import Refused, Unsupported
from ..model.standard_variables import secret
from ..model.station import Station
from ..model.variable import VariableKey, key_of
from ..wire.frame import Payload
from . import keys
from .configuration import UNKNOWN

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

    def _note(self, key: VariableKey, attribute: str, value: str) -> None:
        known = self._station.variables.known.get(key.fold)
        if known is not None and not secret(key):
            attributes = dict(known.attributes) | {attribute: value}
            self._station.variables.put(replace(known, attributes=tuple(attributes.items())))
            self._station.changed(self._station)
