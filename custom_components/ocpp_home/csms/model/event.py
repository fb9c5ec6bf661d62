"""What happens at a station and is over in a moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of events, each with what its `data` holds."""

    BOOT = "boot"
    """`reason` (2.x), `firmware`"""
    CARD_ACCEPTED = "card_accepted"
    """`token`, and `type` of a code, which is secret"""
    CARD_REFUSED = "card_refused"
    """`token`, `type` of a code, `decision`, and `transaction` where a session has begun all the same"""
    CARD_UNKNOWN = "card_unknown"
    """`token`, `type`: nobody knows it and its owner wants to be asked"""
    CARD_LEARNT = "card_learnt"
    """`token`, `type`: it is the one that was to be learnt"""
    CARD_MASTER = "card_master"
    """`token`: it stops whatever runs here"""
    SESSION_STARTED = "session_started"
    """`transaction`, `token`, `meter_start`, `offline`"""
    SESSION_ENDED = "session_ended"
    """`transaction`, `token`, `energy`, `reason`, `duration` (s), `offline`"""
    FAULT = "fault"
    """`code`, `info`, `vendor_code`"""
    FAULT_CLEARED = "fault_cleared"
    ALERT = "alert"
    """`variable` (its path), `value`, `severity` (0 the worst), `cleared`, `info`, `code` (2.x)"""
    SECURITY = "security"
    """`type`, `info`, `at`"""
    CERTIFICATE = "certificate"
    """`csr`, `kind`, `request`: the station asks for a certificate and is going to have it"""
    DATA_TRANSFER = "data_transfer"
    """`vendor`, `message`, `data`"""
    FIRMWARE = "firmware"
    """`status`, `info` (2.1); for a publication `published` (its places) and `request`"""
    LOG = "log"
    """`status`, `request`, `info` (2.1)"""
    RESERVED = "reserved"
    """`reservation`, `until`: the station keeps the EVSE"""
    RESERVATION_REFUSED = "reservation_refused"
    """`reservation`, `reason`: it was booked, and the station does not take it"""
    RESERVATION = "reservation"
    """`reservation`, `status` (Expired, Removed, Missed, NoTransaction): it ended without being used"""
    GRID = "grid"
    """`control`, and `fault`, `ended` and `info`, or `started` (2.1)"""
    BATTERY = "battery"
    """`type`, `request`, `token`, `batteries` (2.1)"""
    SETTLEMENT = "settlement"
    """`status`, `amount`, `reference`, `transaction`, `receipt` (2.1)"""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `at` (UTC); `evse` 0 is the station, `live` is False for what is told late."""

    kind: Kind
    at: datetime
    evse: int = 0
    data: Mapping[str, str | float | bool | None] = field(default_factory=dict)
    live: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the owner should know and can act upon; it stays until it is withdrawn.

    `kind` names it (`limit_refused`, `clock_wrong`, `not_controllable`, `boot_loop`, ...), `data` fills its text.
    """

    kind: str
    evse: int = 0
    data: Mapping[str, str] = field(default_factory=dict)
