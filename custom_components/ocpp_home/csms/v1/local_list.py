"""The local authorization list (OCPP 1.6 ed. 2 - 3.5.2, 5.10, 5.15)."""

from collections.abc import Mapping
from itertools import batched
from typing import Final

from ..dialogue.call import Caller, Handler, consent
from ..dialogue.clock import stamp
from ..dialogue.fields import whole
from ..model.errors import Invalid, Unsupported
from ..model.station import Station
from ..model.token import Decision, Verdict
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {}

WORDS: Final = frozenset({Decision.ACCEPTED, Decision.BLOCKED, Decision.EXPIRED, Decision.INVALID, Decision.CONCURRENT})
"""OCPP 1.6 ed. 2 - 7.2: the decisions 1.6 has a word for; all others are Invalid."""
UNLIMITED: Final = 100_000


class LocalList:
    """The local list of one station."""

    def __init__(self, station: Station, call: Caller) -> None:
        """Keep the list of `station` through `call`."""
        self._station = station
        self._call = call

    async def version(self) -> int:
        """The version of the list, 0 when it is empty (5.10: -1 when the station has no such list)."""
        version = whole(await self._call("GetLocalListVersion"), "listVersion")
        if version is None or version < 0:
            raise Unsupported("the station has no local authorization list")
        return version

    async def send(self, version: int, entries: Mapping[str, Verdict | None], *, full: bool = True) -> None:
        """Replace (full) or amend the list; in an amendment None removes an entry.

        A long list goes out in parts whose versions count up to `version` (7.47: each must be higher than the last).
        """
        chosen = {tag.casefold(): (tag, verdict) for tag, verdict in entries.items() if verdict is not None or not full}
        chunks = list(batched((_entry(*one) for one in chosen.values()), self._at_once, strict=False)) or [()]
        first = version - len(chunks) + 1
        self._check(first, len(chosen) if full else 0)
        for place, chunk in enumerate(chunks):
            await self._send(first + place, list(chunk), full=full and place == 0)

    async def _send(self, version: int, entries: list[Payload], *, full: bool) -> None:
        request: Payload = {"listVersion": version, "updateType": "Full" if full else "Differential"}
        if entries:
            request["localAuthorizationList"] = entries  # 6.41: without any a full update empties the list
        answer = await self._call("SendLocalList", request)
        if answer.get("status") == "NotSupported":
            raise Unsupported("NotSupported: SendLocalList")
        consent(answer)

    @property
    def _at_once(self) -> int:
        return max(1, int(self._station.variables.number("SendLocalListMaxLength") or UNLIMITED))

    def _check(self, first: int, count: int) -> None:
        """Errata 3.52: versions 0 and -1 have a special meaning; 9.2.2: the list has an end."""
        if first < 1:
            raise Invalid(f"the version must be at least {1 - first} higher")
        room = self._station.variables.number("LocalAuthListMaxLength")
        if room is not None and count > room:
            raise Invalid(f"the station's list has room for {room:g} entries")


def _entry(tag: str, verdict: Verdict | None) -> Payload:
    """7.1: an entry without idTagInfo is removed."""
    if verdict is None:
        return {"idTag": tag}
    word = verdict.decision if verdict.decision in WORDS else Decision.INVALID
    info: Payload = {"status": word.value}
    if verdict.expires is not None:
        info["expiryDate"] = stamp(verdict.expires)
    if verdict.group is not None:
        info["parentIdTag"] = verdict.group
    return {"idTag": tag, "idTagInfo": info}
