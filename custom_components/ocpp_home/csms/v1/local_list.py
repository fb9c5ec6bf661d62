"""The local authorization list in the words of OCPP 1.6 ed. 2 - 3.5.2, 5.10, 5.15."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import ClassVar, Final

from ..dialogue.call import Handler
from ..dialogue.clock import stamp
from ..dialogue.local_list import Listing
from ..model.token import Decision, Token, Verdict
from ..wire.frame import Payload
from .authorization import MAX_TOKEN

REQUESTS: Final[dict[str, Handler]] = {}

WORDS: Final = frozenset({Decision.ACCEPTED, Decision.BLOCKED, Decision.EXPIRED, Decision.INVALID, Decision.CONCURRENT})
"""OCPP 1.6 ed. 2 - 7.2: the decisions 1.6 has a word for; all others are Invalid."""
UNLIMITED: Final = 100_000


class LocalList(Listing):
    """The local list of one station."""

    VERSION: ClassVar[str] = "listVersion"

    def entry(self, token: Token, verdict: Verdict | None) -> Payload:
        """7.1: an entry without idTagInfo is removed."""
        tag = token.id
        if verdict is None:
            return {"idTag": tag}
        word = verdict.decision if verdict.decision in WORDS else Decision.INVALID
        info: Payload = {"status": word.value}
        if verdict.expires is not None:
            info["expiryDate"] = stamp(verdict.expires)
        if verdict.group is not None:
            info["parentIdTag"] = verdict.group[:MAX_TOKEN]
        return {"idTag": tag, "idTagInfo": info}

    def suits(self, token: Token, verdict: Verdict) -> bool:
        """1.6 has short numbers, no cards for some EVSEs only, and none that stop everything."""
        return 0 < len(token.id) <= MAX_TOKEN and not verdict.evses and not verdict.master

    def parts(self, entries: Sequence[Payload]) -> Iterable[Sequence[Payload]]:
        """SendLocalListMaxLength entries at once."""
        at_once = int(self._station.variables.number("SendLocalListMaxLength") or UNLIMITED)
        return batched(entries, max(1, at_once), strict=False)

    def room(self) -> float | None:
        """LocalAuthListMaxLength."""
        return self._station.variables.number("LocalAuthListMaxLength")
