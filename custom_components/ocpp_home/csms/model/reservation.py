"""A reservation of an EVSE for an id token."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reservation:
    """EVSE 0 means any EVSE of the station; `until` is in UTC."""

    id: int
    evse: int
    token: str
    until: datetime
    group: str | None = None
