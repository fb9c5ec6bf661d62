"""Variables read and written (OCPP 2.0.1 ed. 3 - B05 to B08)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from ..dialogue.call import Block, Handler, consent
from ..dialogue.files import request_id
from ..model.commands import Write
from ..model.errors import Invalid, OcppError, Refused, Unsupported
from ..model.standard_variables import secret
from ..model.variable import Variable, VariableKey, key_of
from ..wire.frame import Payload
from . import keys, parts
from .chunks import chunks

REQUESTS: Final[dict[str, Handler]] = {}

CONTROLLER: Final = "DeviceDataCtrlr"
BASES: Final = ("FullInventory", "ConfigurationInventory")
"""B07: every station has both; one that cannot tell all tells what can be configured."""
PASSWORD_LENGTH: Final = range(16, 41)
"""Characters of a BasicAuthPassword (A00.FR.205)."""
CONNECTION: Final = "networkconfiguration"
"""The component that a connection is; its instance is the slot (OCPP 2.1 ed. 1 - B09)."""
USED: Final = ("NetworkConfigurationPriority", "OCPPCommCtrlr")
"""The variable that tells which slots are in use."""
OF_APN: Final = frozenset({"simpin", "preferrednetwork", "useonlypreferrednetwork"})
"""Variables of a mobile network whose names do not tell."""
UNKNOWN: Final = frozenset({"UnknownComponent", "UnknownVariable", "NotSupportedAttributeType"})


class Configuration(Block):
    """The variables of one station, read into its model and written."""

    async def read(self, names: Sequence[str] = ()) -> list[Variable]:
        """Read these variables, all without names; what the station does not know is left out and noted."""
        if not names:
            return await self._inventory()
        found: list[Variable] = []
        asked = {key.fold: keys.both(key) for key in map(key_of, names)}
        for chunk in chunks(self._station, CONTROLLER, "GetVariables", list(asked.values())):
            answer = await self._call("GetVariables", {"getVariableData": chunk})
            found += [variable for told in _results(answer, "get") if (variable := self._got(told)) is not None]
        self._station.changed(self._station)
        return found

    async def report(self, criteria: Sequence[str] = (), names: Sequence[str] = ()) -> None:
        """Ask for a custom report of components that are `Active`, `Available`, `Enabled` or a `Problem` (B08)."""
        request: Payload = {"componentCriteria": list(criteria)} if criteria else {}
        wanted = [keys.both(key_of(name)) for name in names]
        for chunk in chunks(self._station, CONTROLLER, "GetReport", wanted) if wanted else ([],):
            await self._reported("GetReport", request | ({"componentVariable": chunk} if chunk else {}))

    async def write(self, name: str, value: str) -> Write:
        """Write one variable; what is known to be fixed is refused without asking the station."""
        [result] = await self.write_all({name: value})
        if isinstance(result, OcppError):
            raise result
        return result

    async def write_all(self, values: dict[str, str]) -> list[Write | OcppError]:
        """Write variables in as few messages as the station allows, each with its own outcome, in their order."""
        wanted = {key.fold: (key, value) for key, value in ((key_of(name), value) for name, value in values.items())}
        asked = list(wanted)
        wanted |= {key.fold: (key, "true") for key in _enabling(key for key, _ in wanted.values())} | wanted
        outcomes: dict[object, Write | OcppError] = {
            fold: error for fold, (key, value) in wanted.items() if (error := self._objection(key, value)) is not None
        }
        # B05.FR.13: each variable once, which `wanted` provides
        data = [
            keys.both(known.key if (known := self._station.variables.known.get(fold)) else key)
            | {"attributeValue": value}
            for fold, (key, value) in wanted.items()
            if fold not in outcomes
        ]
        for chunk in chunks(self._station, CONTROLLER, "SetVariables", data):
            answer = await self._call("SetVariables", {"setVariableData": chunk})
            for told in _results(answer, "set"):
                key = keys.read(told)
                if key.fold in wanted:
                    outcomes[key.fold] = self._outcome(key, wanted[key.fold][1], told)
        self._station.changed(self._station)
        return [outcomes.get(fold) or Refused("no result", wanted[fold][0].path) for fold in asked]

    async def _inventory(self) -> list[Variable]:
        for base in BASES[:-1]:
            try:
                await self._reported("GetBaseReport", {"reportBase": base})
            except Refused, Unsupported:
                continue
            return list(self._station.variables.known.values())
        await self._reported("GetBaseReport", {"reportBase": BASES[-1]})
        return list(self._station.variables.known.values())

    async def _reported(self, action: str, request: Payload) -> None:
        """Ask for a report and wait until its last part has come."""
        number = request_id(self._station)
        with self._station.reports.expect(number, kept=False) as report:
            answer = await self._call(action, {**request, "requestId": number})
            if consent(answer, "Accepted", "EmptyResultSet") == "Accepted":
                await report.whole(parts.PATIENCE)

    def _objection(self, key: VariableKey, value: str) -> OcppError | None:
        known = self._station.variables.known.get(key.fold)
        if known is not None and known.readonly:
            return Refused("Rejected", f"{key.path} is read-only")
        if key.component.casefold() == CONNECTION and key.component_instance in self._station.variables.words(*USED):
            return Refused("Rejected", f"{key.path} is of a connection in use (B09.FR.21): write an unused one")
        if key.name.casefold() == "basicauthpassword" and len(value) not in PASSWORD_LENGTH:
            return Invalid(f"{key.path} must have 16 to 40 characters")
        return None

    def _outcome(self, key: VariableKey, value: str, told: Payload) -> Write | OcppError:
        status = str(told.get("attributeStatus", ""))
        variables = self._station.variables
        if status in UNKNOWN:
            if status != "NotSupportedAttributeType":
                variables.miss(key)
            return Unsupported(f"{status}: {key.path}")
        if status not in {"Accepted", "RebootRequired"}:
            info = told.get("attributeStatusInfo")
            info = info if isinstance(info, dict) else {}
            reason = " ".join(str(info[part]) for part in ("reasonCode", "additionalInfo") if part in info)
            return Refused(status or "no status", reason or key.path)
        later = status == "RebootRequired"
        kept = None if secret(key) else value
        if kept is not None:
            variables.wrote(key, kept, reboot_required=later)
        if later:
            self._station.notice("reboot_required", key=key.path)
        return Write(Variable(key, kept, reboot_required=later), later)

    def _got(self, told: Payload) -> Variable | None:
        key = keys.read(told)
        status = str(told.get("attributeStatus", ""))
        if status in UNKNOWN:
            self._station.variables.miss(key)
        if status != "Accepted":
            return None
        known = self._station.variables.known.get(key.fold) or Variable(key, None)
        value = told.get("attributeValue")
        variable = replace(known, value=None if value is None or secret(key) else str(value))
        self._station.variables.put(variable)
        return variable


def _enabling(keys_: Iterable[VariableKey]) -> Iterator[VariableKey]:
    """What B09.FR.29 demands to be set to true with the variables of an APN or a VPN."""
    for key in keys_:
        name = key.name.casefold()
        network = "Apn" if name.startswith("apn") or name in OF_APN else "Vpn" if name.startswith("vpn") else None
        if key.component.casefold() == CONNECTION and network is not None:
            yield replace(key, name=f"{network}Enabled")


def _results(answer: Payload, verb: str) -> list[Payload]:
    told = answer.get(f"{verb}VariableResult")
    return [result for result in told if isinstance(result, dict)] if isinstance(told, list) else []
