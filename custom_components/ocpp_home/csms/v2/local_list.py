"""The local authorization list in the words of OCPP 2.0.1 ed. 3 - D01, D02."""

from collections.abc import Iterable, Sequence
import re
from typing import ClassVar, Final

from ..dialogue.call import Handler
from ..dialogue.local_list import Listing
from ..model.token import Token, TokenType, Verdict
from ..wire.frame import Payload
from .authorization import MAX_TOKEN, id_token, token_info
from .chunks import chunks

REQUESTS: Final[dict[str, Handler]] = {}

CONTROLLER: Final = "LocalAuthListCtrlr"
CARD: Final = re.compile(r"(?:[0-9A-F]{2}){4}(?:(?:[0-9A-F]{2}){3}){0,2}", re.IGNORECASE)
"""The number of an RFID card (ISO 14443-3: 4, 7 or 10 bytes)."""


class LocalList(Listing):
    """The local list of one station."""

    VERSION: ClassVar[str] = "versionNumber"

    def entry(self, token: Token, verdict: Verdict | None) -> Payload:
        """D01.FR.17: an entry without idTokenInfo is removed; of a token without a type the number is looked at."""
        guess = TokenType.ISO14443 if CARD.fullmatch(token.id) else TokenType.CENTRAL
        named: Payload = {"idToken": id_token(Token(token.id, guess) if token.type is TokenType.UNKNOWN else token)}
        return named if verdict is None else named | {"idTokenInfo": token_info(verdict)}

    def suits(self, token: Token, verdict: Verdict) -> bool:
        """C16.FR.05: cards that stop everything may be in a list; the station knows them by their group."""
        return 0 < len(token.id) <= MAX_TOKEN and (not verdict.master or verdict.group == self._station.policy.master)

    def parts(self, entries: Sequence[Payload]) -> Iterable[Sequence[Payload]]:
        """D01.FR.11: no more entries and bytes at once than the station takes."""
        return chunks(self._station, CONTROLLER, "", entries)

    def room(self) -> float | None:
        """What the station tells as the maxLimit of its number of entries (OCPP 2.0.1 ed. 3 - 2.5.2)."""
        entries = self._station.variables.get("Entries", CONTROLLER)
        return None if entries is None or entries.traits is None else entries.traits.maximum
