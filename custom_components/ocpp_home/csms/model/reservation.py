"""A reservation of an EVSE for an id token."""

from dataclasses import dataclass
from datetime import datetime

from .token import TokenType


@dataclass(frozen=True, slots=True)
class Reservation:
    """EVSE 0 means any EVSE of the station; `until` is in UTC."""

    id: int
    evse: int
    token: str
    until: datetime
    group: str | None = None
    type: TokenType = TokenType.UNKNOWN
    """Where the token comes from (2.x)."""
    connector_type: str | None = None
    """The kind of socket or cable that is wanted where any EVSE will do (2.x)."""
