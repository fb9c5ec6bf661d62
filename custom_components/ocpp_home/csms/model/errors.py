"""What can go wrong when a station is asked to do something."""


class OcppError(Exception):
    """A command did not succeed; `str()` gives the reason in the station's own words where it gave any."""


class Offline(OcppError):
    """The station is not connected, or the connection went away before it answered."""


class Unanswered(OcppError):
    """The station did not answer in time."""


class Unsupported(OcppError):
    """The station cannot do this at all (NotSupported, NotImplemented, or a capability it does not have)."""


class Refused(OcppError):
    """The station answered with anything but consent.

    `status` is its word (`Rejected`, `Occupied`, `Faulted`, an error code of a CALLERROR ...), `reason` what it added.
    """

    def __init__(self, status: str, reason: str = "") -> None:
        super().__init__(f"{status}: {reason}" if reason else status)
        self.status = status
        self.reason = reason


class Invalid(OcppError):
    """What we were asked to send would not be valid OCPP; nothing was sent."""


class LedgerFailed(OcppError):
    """A record could not be made durable (disk full, read-only, corrupt)."""
