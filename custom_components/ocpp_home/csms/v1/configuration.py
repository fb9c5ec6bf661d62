"""Configuration keys: GetConfiguration and ChangeConfiguration (OCPP 1.6 ed. 2 - 5.3, 5.8, 9)."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Final

from ..dialogue.call import Block, Handler, consent, quirks_of
from ..model.commands import Write
from ..model.configuration_keys import Nature, natural
from ..model.errors import Invalid, Refused, Unsupported
from ..model.variable import Variable, VariableKey
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {}

KEYS_AT_ONCE: Final = 20
"""How many keys are asked for at once while GetConfigurationMaxKeys is not known."""
PASSWORD_LENGTH: Final = range(16, 41)
"""Characters of an AuthorizationKey (OCPP 1.6 security whitepaper ed. 3 - 7.2)."""


class Configuration(Block):
    """The keys of one station, read into its model and written."""

    async def read(self, names: Sequence[str] = ()) -> list[Variable]:
        """Read these keys, all without names; keys the station does not know are left out and noted."""
        if names and self._asks_for_all:
            wanted = {name.casefold() for name in names}
            return [variable for variable in await self.read() if variable.key.name.casefold() in wanted]
        found: list[Variable] = []
        for chunk in batched(names, self._at_once, strict=False) if names else ((),):
            answer = await self._call("GetConfiguration", {"key": list(chunk)} if chunk else {})
            found += self._take(answer, chunk)
        return found

    async def write(self, name: str, value: str) -> Write:
        """Write one key; what is known to be fixed is refused without asking the station."""
        known = self._station.variables.get(name)
        key = known.key if known else VariableKey("", name)
        if known and known.readonly:
            raise Refused("Rejected", f"{key.name} is read-only")
        secret = _secret(name)
        if secret and len(value) not in PASSWORD_LENGTH:
            raise Invalid(f"{key.name} must have 16 to 40 characters")
        answer = await self._call("ChangeConfiguration", {"key": key.name, "value": value})
        if answer.get("status") == "NotSupported":
            self._station.variables.miss(key)
            self._station.changed(self._station)
            raise Unsupported(f"NotSupported: {key.name}")
        later = consent(answer, "Accepted", "RebootRequired") == "RebootRequired"
        if not secret:
            self._station.variables.wrote(key, value, reboot_required=later)
        if later:
            self._station.notice("reboot_required", key=key.name)
        self._station.changed(self._station)
        return Write(Variable(key, None if secret else value, reboot_required=later), later)

    @property
    def _asks_for_all(self) -> bool:
        return quirks_of(self._station).unknown_keys_crash

    @property
    def _at_once(self) -> int:
        """OCPP 1.6 ed. 2 - 5.8: GetConfigurationMaxKeys limits the keys of one request."""
        return max(1, int(self._station.variables.number("GetConfigurationMaxKeys") or KEYS_AT_ONCE))

    def _take(self, answer: Payload, asked: Sequence[str]) -> list[Variable]:
        """Take an answer over into the model."""
        variables = self._station.variables
        found = list(_variables(answer))
        told = {variable.key.name.casefold() for variable in found}
        unknown = {*map(str, answer.get("unknownKey") or ()), *asked}
        changed = [variables.put(variable) for variable in found]
        for name in unknown:
            if name.casefold() not in told:
                variables.miss(VariableKey("", name))
        if any(changed) or unknown:
            self._station.changed(self._station)
        return found


def _variables(answer: Payload) -> Iterator[Variable]:
    for entry in answer.get("configurationKey") or ():
        if isinstance(entry, dict) and (name := str(entry.get("key") or "")):
            value = None if entry.get("value") is None or _secret(name) else str(entry["value"])
            yield Variable(VariableKey("", name), value, bool(entry.get("readonly")))


def _secret(name: str) -> bool:
    row = natural(name)
    return row is not None and row.nature is Nature.SECRET
