"""Charging profiles of ours: how a limit is written down, in which order ways are tried, which ids are used.

OCPP 1.6 ed. 2 - 3.13, 5.16, 7.8 to 7.14. Pure functions; `charging.py` sends what is made here.

Ids of our profiles: 1 the ChargePointMaxProfile, 10 + n the fall-back of connector n (10: of all), 100 + n the
TxDefaultProfile and 200 + n the TxProfile of connector n. Whatever else is installed belongs to somebody else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import floor
from typing import Final

from ..dialogue.call import consent, quirks_of
from ..dialogue.clock import stamp
from ..model.errors import Refused, Unanswered, Unsupported
from ..model.evse import Evse
from ..model.limit import pausing
from ..model.meter import LINES, Quantity
from ..model.station import Station
from ..model.transaction import Json
from ..wire.frame import Payload

TX: Final = "TxProfile"
DEFAULT: Final = "TxDefaultProfile"
MAX: Final = "ChargePointMaxProfile"
ABSOLUTE: Final = "Absolute"
RELATIVE: Final = "Relative"

LINE_VOLTAGE: Final = 230
"""OCPP 1.6 ed. 2 - 7.12: not the measured voltage, but the set voltage for the area."""
PAST: Final = timedelta(seconds=60)
"""OCPP 1.6 ed. 2 - 3.13.2, 5.16.4: a start in the past leaves no gap; some stations accept nothing else."""
TOP: Final = 8
"""The stack level of a working limit on a station that does not tell its highest."""
TRIAL: Final = 15.0
"""Seconds to wait for the answer to a way that has not worked before."""
SILENCES: Final = 2
"""After so many unanswered ways of one purpose the others of it are not tried."""
IGNORED: Final = "Ignored"
"""Our word for a limit that was accepted and has no effect."""
IDS: Final = {TX: 200, DEFAULT: 100}
_FALLBACK_ID: Final = 10
_MAX_ID: Final = 1
_UNITS: Final = {"current": "A", "a": "A", "amp": "A", "amps": "A", "ampere": "A", "amperes": "A"} | {
    "power": "W",
    "w": "W",
    "watt": "W",
    "watts": "W",
}


type Failure = Refused | Unsupported | Unanswered


@dataclass(frozen=True, slots=True)
class Method:
    """One way to write a limit."""

    purpose: str
    unit: str = "A"
    kind: str = ABSOLUTE
    level: int = 0
    whole: bool = False
    """Without decimals."""

    def __str__(self) -> str:
        """The way as the owner sees it: `TxDefaultProfile/A/Absolute`."""
        return f"{self.purpose}/{self.unit}/{self.kind}"

    def record(self) -> Json:
        """The way as it is remembered."""
        return [self.purpose, self.unit, self.kind, self.level, self.whole]

    @classmethod
    def recall(cls, record: Json) -> Method | None:
        """A remembered way, None where it cannot be read."""
        match record:
            case [str(purpose), "A" | "W" as unit, str(kind), int(level), bool(whole)]:
                return cls(purpose, unit, kind, level, whole)
        return None


def connector(evse: int, purpose: str) -> int:
    """OCPP 1.6 ed. 2 - 3.13.1: a ChargePointMaxProfile can only be set at connector 0."""
    return 0 if purpose == MAX else evse


def profile_id(evse: int, purpose: str) -> int:
    """The id of our working profile."""
    return _MAX_ID if purpose == MAX else IDS[purpose] + evse


def fallback_id(number: int) -> int:
    """The id of our fall-back profile of a connector, 0 for all."""
    return _FALLBACK_ID + number


def units(station: Station) -> list[str]:
    """The units to try, the best first: A, unless the station says that it knows W only."""
    forced = quirks_of(station).unit
    told = [_UNITS.get(word.casefold()) for word in station.variables.words("ChargingScheduleAllowedChargingRateUnit")]
    if forced or (told and "A" not in told and "W" in told):
        first = forced or "W"
        return [first, "A" if first == "W" else "W"]
    return ["A", "W"]


def top_level(station: Station) -> int:
    """The stack level of a working limit; the fall-back lies at 0, the lowest (OCPP 1.6 ed. 2 - 7.8)."""
    if quirks_of(station).flat_stack:
        return 0
    told = station.variables.number("ChargeProfileMaxStackLevel")
    return TOP if told is None else max(0, int(told))


def phases(station: Station, evse: Evse) -> int:
    """Over how many phases the car charges, as far as the meter shows; else what the owner says."""
    drawing = sum((evse.meter.line(Quantity.CURRENT_IMPORT, line) or 0) >= 1 for line in LINES)
    return drawing or station.settings.phases


def ways(station: Station, evse: Evse, amps: float) -> Iterator[Method]:
    """All ways to write a limit, the likely ones first; of one purpose they differ in one respect at a time."""
    for purpose in _purposes(station, evse, amps):
        yield from variants(station, purpose, top_level(station))


def variants(station: Station, purpose: str, level: int) -> Iterator[Method]:
    """The ways of one purpose."""
    odd = quirks_of(station)
    first, second = units(station)
    kinds = sorted((ABSOLUTE, RELATIVE), key=lambda kind: kind != (odd.kind or ABSOLUTE))
    if purpose == MAX:
        kinds = [ABSOLUTE]  # never Relative: there is no transaction it could be relative to
    likely = Method(purpose, first, kinds[0], level, odd.whole_amps)
    yield likely
    yield from (replace(likely, kind=kind) for kind in kinds[1:])
    if not likely.whole:
        yield replace(likely, whole=True)
    if level:
        yield from (replace(likely, kind=kind, level=0) for kind in kinds)
    yield replace(likely, unit=second)


def rounded(station: Station, amps: float, *, whole: bool) -> float:
    """A limit the station can take, never above what was asked; what is too low to charge with is 0."""
    if pausing(amps):
        return 0.0
    if steps := quirks_of(station).steps:
        return max((step for step in steps if step <= amps), default=0.0)
    return float(floor(amps)) if whole else floor(amps * 10 + 1e-6) / 10


def build(station: Station, evse: Evse, method: Method, amps: float) -> Payload:
    """A profile with one limit, without end."""
    value = rounded(station, amps, whole=method.whole)
    period: Payload = {"startPeriod": 0, "limit": _number(value)}
    if method.unit == "W":
        count = phases(station, evse)
        # 7.12: the total of all phases; without numberPhases the station would assume 3.
        period = {"startPeriod": 0, "limit": floor(value * LINE_VOLTAGE * count), "numberPhases": count}
    made: Payload = {
        "chargingProfileId": profile_id(evse.id, method.purpose),
        "stackLevel": method.level,
        "chargingProfilePurpose": method.purpose,
        "chargingProfileKind": method.kind,
        "chargingSchedule": {"chargingRateUnit": method.unit, "chargingSchedulePeriod": [period]},
    }
    if method.purpose == TX and evse.transaction is not None and evse.transaction.id.isdecimal():
        made["transactionId"] = int(evse.transaction.id)
    return made


def timed(made: Payload, now: datetime, lease: timedelta | None = None) -> Payload:
    """The profile as of now; with a lease it ends by itself.

    7.13: the duration of an absolute schedule counts from its start; that of a relative one counts from the start of
    the transaction, so there only `validTo` tells when it ends.
    """
    schedule: Payload = {**made["chargingSchedule"]}
    made = {**made, "chargingSchedule": schedule}
    if made["chargingProfileKind"] == ABSOLUTE:
        schedule["startSchedule"] = stamp(now - PAST)
        if lease is not None:
            schedule["duration"] = int((PAST + lease).total_seconds())
    elif lease is not None:
        made["validTo"] = stamp(now + lease)
    return made


def taken(answer: Payload) -> None:
    """Raise Unsupported for NotSupported, which speaks of all such requests, and Refused for Rejected (7.11)."""
    if answer.get("status") == "NotSupported":
        raise Unsupported("NotSupported")
    consent(answer)


def hopeless(failures: Sequence[Failure]) -> bool:
    """Whether no other way of a purpose is worth trying."""
    silences = sum(isinstance(failure, Unanswered) for failure in failures)
    return silences >= SILENCES or any(
        isinstance(failure, Unsupported) or (isinstance(failure, Refused) and failure.status == IGNORED)
        for failure in failures
    )


def _number(value: float) -> float:
    """Without decimals where there are none: some parsers know no `16.0`."""
    return int(value) if value == int(value) else value


def _purposes(station: Station, evse: Evse, amps: float) -> Iterator[str]:
    odd = quirks_of(station)
    for purpose in odd.purposes:
        if purpose == TX and evse.transaction is None:
            continue  # 5.16.4: not possible without an active transaction
        if purpose == MAX and len(station.evses) > 1:
            continue  # 3.13.3: it is the limit of all connectors combined
        if purpose != TX and pausing(amps) and odd.pauses_block_starts:
            continue
        yield purpose
