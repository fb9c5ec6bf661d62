"""Who wants to charge, and what was decided about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
import re
from typing import Final

VEHICLE: Final = "vid:"
"""Stands before the address of a car in an id tag of 1.6, casefolded."""
ADDRESS: Final = re.compile("vid:[0-9a-f]{12}|(vid:)?[0-9a-f]{2}([:-][0-9a-f]{2}){5}", re.IGNORECASE)
"""An id that can be nothing but the address of a car."""


class TokenType(StrEnum):
    """Where an id token comes from (OCPP 2.0.1 ed. 3 - 3.43; 1.6 does not tell and gives UNKNOWN)."""

    UNKNOWN = "Unknown"
    CENTRAL = "Central"
    DIRECT_PAYMENT = "DirectPayment"
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
        """What makes two tokens the same (OCPP 1.6 ed. 2 - 7.28: a CiString); addresses are written in many ways."""
        plain = self.id.casefold()
        if self.type is not TokenType.MAC_ADDRESS:
            return plain
        return "".join(mark for mark in plain.removeprefix(VEHICLE) if mark.isalnum())


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision about a token, with its group (parent id) and until when it holds (UTC)."""

    decision: Decision
    group: str | None = None
    expires: datetime | None = None
    """From then on the decision may be another; None where time does not change it."""
    evses: tuple[int, ...] = ()
    """The only EVSEs of the station it holds for; empty for all of them."""
    master: bool = False
    """The token stops whatever runs, and starts nothing."""

    @property
    def accepted(self) -> bool:
        """Whether the holder may charge."""
        return self.decision is Decision.ACCEPTED
