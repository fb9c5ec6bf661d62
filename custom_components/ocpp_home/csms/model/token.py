"""Who wants to charge, and what was decided about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TokenType(StrEnum):
    """Where an id token comes from (OCPP 2.0.1 ed. 3 - 3.43; 1.6 does not tell and gives UNKNOWN)."""

    UNKNOWN = "Unknown"
    CENTRAL = "Central"
    EMAID = "eMAID"
    ISO14443 = "ISO14443"
    ISO15693 = "ISO15693"
    KEY_CODE = "KeyCode"
    LOCAL = "Local"
    MAC_ADDRESS = "MacAddress"
    NO_AUTHORIZATION = "NoAuthorization"


class Decision(StrEnum):
    """What is answered to somebody who wants to charge (OCPP 1.6 ed. 2 - 7.2; OCPP 2.0.1 ed. 3 - 3.3)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    CONCURRENT = "ConcurrentTx"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    NO_CREDIT = "NoCredit"
    NOT_ALLOWED_TYPE_EVSE = "NotAllowedTypeEVSE"
    NOT_AT_THIS_LOCATION = "NotAtThisLocation"
    NOT_AT_THIS_TIME = "NotAtThisTime"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Token:
    """An id token: an RFID card, a key code, a contract, the MAC address of a car. Compared without regard to case."""

    id: str
    type: TokenType = TokenType.UNKNOWN

    @property
    def key(self) -> str:
        """What makes two tokens the same (OCPP 1.6 ed. 2 - 7.28: idToken is a CiString)."""
        return self.id.casefold()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision about a token, with its group (parent id) and until when it holds (UTC)."""

    decision: Decision
    group: str | None = None
    expires: datetime | None = None

    @property
    def accepted(self) -> bool:
        """Whether the holder may charge."""
        return self.decision is Decision.ACCEPTED


@dataclass(frozen=True, slots=True)
class Admittance:
    """Who may charge at a station: everybody, or only those on the list (token key -> verdict)."""

    everybody: bool = True
    listed: dict[str, Verdict] | None = None

    def decide(self, token: Token, now: datetime) -> Verdict:
        """Decide about a token at the moment `now` (UTC)."""
        verdict = (self.listed or {}).get(token.key)
        if verdict is None:
            return Verdict(Decision.ACCEPTED if self.everybody else Decision.INVALID)
        if verdict.accepted and verdict.expires is not None and verdict.expires <= now:
            return Verdict(Decision.EXPIRED, verdict.group, verdict.expires)
        return verdict
