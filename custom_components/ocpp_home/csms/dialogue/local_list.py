"""The list by which a station authorizes while nobody answers it: what every version does alike."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from ..model.errors import Invalid, Unsupported
from ..model.station import Station
from ..model.token import Token, TokenType, Verdict
from ..wire.frame import Payload
from .call import Caller, consent
from .fields import whole


class Listing(ABC):
    """The local list of one station."""

    VERSION: ClassVar[str]
    """What the answer and the request call the version of the list."""

    def __init__(self, station: Station, call: Caller) -> None:
        """Keep the list of `station` through `call`."""
        self._station = station
        self._call = call

    @abstractmethod
    def entry(self, token: Token, verdict: Verdict | None) -> Payload:
        """An entry; without a verdict it is removed."""

    @abstractmethod
    def suits(self, token: Token, verdict: Verdict) -> bool:
        """Whether an entry can tell all of a verdict about a token."""

    @abstractmethod
    def parts(self, entries: Sequence[Payload]) -> Iterable[Sequence[Payload]]:
        """The entries in groups the station takes at once."""

    @abstractmethod
    def room(self) -> float | None:
        """How many entries the list may have, None where the station does not tell."""

    async def version(self) -> int:
        """The version of the list, 0 when it is empty (OCPP 1.6 ed. 2 - 5.10: -1 when there is no such list)."""
        version = whole(await self._call("GetLocalListVersion"), self.VERSION)
        if version is None or version < 0:
            raise Unsupported("the station has no local authorization list")
        return version

    async def send(
        self,
        version: int,
        entries: Mapping[str, Verdict | None],
        *,
        full: bool = True,
        kinds: Mapping[str, TokenType] | None = None,
    ) -> None:
        """Replace (full) or amend the list; in an amendment None removes an entry, `kinds` are the types of tokens.

        A long list goes out in parts whose versions count up to `version`: OCPP 1.6 ed. 2 - 7.47, OCPP 2.0.1 ed. 3 -
        D01.FR.19: each must be higher than the last.
        """
        chosen = {tag.casefold(): (tag, verdict) for tag, verdict in entries.items() if verdict is not None or not full}
        told = [self.entry(Token(tag, (kinds or {}).get(tag, TokenType.UNKNOWN)), one) for tag, one in chosen.values()]
        groups = list(self.parts(told)) or [()]
        first = version - len(groups) + 1
        self._check(first, len(chosen) if full else 0)
        for place, group in enumerate(groups):
            await self._send(first + place, list(group), full=full and place == 0)

    async def _send(self, version: int, entries: list[Payload], *, full: bool) -> None:
        request: Payload = {self.VERSION: version, "updateType": "Full" if full else "Differential"}
        if entries:
            # OCPP 1.6 ed. 2 - 6.41, OCPP 2.0.1 ed. 3 - D01.FR.04: without any a full update empties the list
            request["localAuthorizationList"] = entries
        answer = await self._call("SendLocalList", request)
        if answer.get("status") == "NotSupported":
            raise Unsupported("NotSupported: SendLocalList")
        consent(answer)

    def _check(self, first: int, count: int) -> None:
        """OCPP 1.6 errata 3.52, OCPP 2.0.1 ed. 3 - D01.FR.18: 0 has a special meaning; and the list has an end."""
        if first < 1:
            raise Invalid(f"the version must be at least {1 - first} higher")
        room = self.room()
        if room is not None and count > room:
            raise Invalid(f"the station's list has room for {room:g} entries")
