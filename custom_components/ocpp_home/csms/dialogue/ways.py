"""How a limit can be written down as a charging profile: which ways there are, in which order they are tried.

OCPP 1.6 ed. 2 - 3.13, 7.8 to 7.14; OCPP 2.0.1 ed. 3 - K01. Pure functions in the words all versions share.

Ids of our profiles: 1 the one of the whole station, 10 + n the fall-back of EVSE n (10: of all), 100 + n the
TxDefaultProfile, 200 + n the TxProfile and 300 + n the plan of EVSE n. Whatever else is installed belongs to somebody
else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import floor
from typing import Final

from ..model.errors import Refused, Unanswered, Unsupported
from ..model.evse import Evse
from ..model.limit import pausing
from ..model.meter import LINES, Quantity
from ..model.plan import Plan
from ..model.station import Station
from ..model.transaction import Json
from ..wire.frame import Payload
from .call import quirks_of
from .clock import stamp, theirs

TX: Final = "TxProfile"
DEFAULT: Final = "TxDefaultProfile"
ABSOLUTE: Final = "Absolute"
RELATIVE: Final = "Relative"
DYNAMIC: Final = "Dynamic"
"""2.1: a profile whose one limit is changed without writing the profile again."""

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
IDS_END: Final = 400
FEW: Final = 6
"""So many periods a schedule has at most for a station that does not tell its most."""
_FALLBACK_ID: Final = 10
_PLAN_ID: Final = 300
_STATION_ID: Final = 1

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


@dataclass(frozen=True, slots=True)
class Offer:
    """What a station takes as far as it tells: units and kinds with the best first, and its working stack level."""

    station_purpose: str
    """What the version calls the purpose that limits the station as a whole."""
    units: tuple[str, str] = ("A", "W")
    level: int = TOP
    kinds: tuple[str, ...] = (ABSOLUTE, RELATIVE)
    periods: int = FEW
    """The most a schedule has."""


def place(evse: int, purpose: str) -> int:
    """Where a profile is installed: one that limits the station as a whole only at 0 (OCPP 1.6 ed. 2 - 3.13.1)."""
    return evse if purpose in IDS else 0


def profile_id(evse: int, purpose: str) -> int:
    """The id of our working profile."""
    return IDS[purpose] + evse if purpose in IDS else _STATION_ID


def fallback_id(number: int) -> int:
    """The id of our fall-back profile of an EVSE, 0 for all."""
    return _FALLBACK_ID + number


def plan_id(evse: int) -> int:
    """The id of the plan that is left with the station, whatever its purpose."""
    return _PLAN_ID + evse


def ours(lowest: int, *profiles: int) -> bool:
    """Whether profiles are ours, where our ids begin above `lowest`."""
    return all(lowest < profile < lowest + IDS_END for profile in profiles)


def units(station: Station, told: Sequence[str]) -> tuple[str, str]:
    """The units to try, the best first: A, unless the station says (in `told`) that it knows W only."""
    forced = quirks_of(station).unit
    known = [_UNITS.get(word.casefold()) for word in told]
    watts = forced == "W" or (not forced and "A" not in known and "W" in known)
    return ("W", "A") if watts else ("A", "W")


def most_periods(told: float | None) -> int:
    """How many periods a schedule may have."""
    return FEW if told is None else max(1, int(told))


def top_level(station: Station, told: float | None) -> int:
    """The stack level of a working limit; the fall-back lies at 0, the lowest (OCPP 1.6 ed. 2 - 7.8)."""
    if quirks_of(station).flat_stack:
        return 0
    return TOP if told is None else max(0, int(told))


def phases(station: Station, evse: Evse, chosen: int | None = None) -> int:
    """Over how many phases the car charges: as was `chosen`, else as far as the meter shows, else as the owner says."""
    if chosen is not None:
        return chosen
    drawing = sum((evse.meter.line(Quantity.CURRENT_IMPORT, line) or 0) >= 1 for line in LINES)
    return drawing or station.settings.phases


def ways(station: Station, evse: Evse, amps: float, offer: Offer) -> Iterator[Method]:
    """All ways to write a limit, the likely ones first; of one purpose they differ in one respect at a time."""
    for purpose in _purposes(station, evse, amps):
        yield from variants(station, purpose if purpose in IDS else offer.station_purpose, offer)


def variants(station: Station, purpose: str, offer: Offer) -> Iterator[Method]:
    """The ways of one purpose."""
    odd = quirks_of(station)
    first, second = offer.units
    kinds = sorted(offer.kinds, key=lambda kind: kind != odd.kind)
    if purpose not in IDS:
        kinds = [kind for kind in kinds if kind != RELATIVE]  # there is no transaction it could be relative to
    likely = Method(purpose, first, kinds[0], offer.level, odd.whole_amps)
    yield likely
    yield from (replace(likely, kind=kind) for kind in kinds[1:])
    if not likely.whole:
        yield replace(likely, whole=True)
    if likely.level:
        yield from (replace(likely, kind=kind, level=0) for kind in kinds)
    yield replace(likely, unit=second)


def rounded(station: Station, amps: float, *, whole: bool) -> float:
    """A limit the station can take, never above what was asked; what is too low to charge with is 0."""
    if pausing(amps):
        return 0.0
    if steps := quirks_of(station).steps:
        return max((step for step in steps if step <= amps), default=0.0)
    return float(floor(amps)) if whole else floor(amps * 10 + 1e-6) / 10


def period(station: Station, evse: Evse, method: Method, amps: float, chosen: int | None = None) -> Payload:
    """The one period of our schedules; with how many phases is told where that was `chosen`."""
    value = rounded(station, amps, whole=method.whole)
    if method.unit == "A":
        number = {} if chosen is None else {"numberPhases": chosen}
        return {"startPeriod": 0, "limit": _number(value), **number}
    count = phases(station, evse, chosen)
    # 7.12: the total of all phases; without numberPhases the station would assume 3.
    return {"startPeriod": 0, "limit": floor(value * LINE_VOLTAGE * count), "numberPhases": count}


def planned(station: Station, evse: Evse, method: Method, plan: Plan) -> Payload:
    """The times and periods of a schedule that follows a plan, by the clock of the station."""

    def after(moment: datetime) -> int:
        return int((moment - plan.begin).total_seconds())

    return {
        "startSchedule": stamp(theirs(station, plan.begin)),
        "duration": after(plan.end),
        "chargingSchedulePeriod": [
            period(station, evse, method, leg.amps, leg.phases) | {"startPeriod": after(leg.begin)} for leg in plan.legs
        ],
    }


def timing(kind: str, now: datetime, lease: timedelta | None = None) -> tuple[Payload, Payload]:
    """What tells from when a profile holds and, with a lease, until when: fields of the profile, of its schedule.

    OCPP 1.6 ed. 2 - 7.13: the duration of an absolute schedule counts from its start; that of a relative one counts
    from the start of the transaction, so there only `validTo` tells when it ends.
    """
    if kind != ABSOLUTE:
        return ({} if lease is None else {"validTo": stamp(now + lease)}), {}
    begin: Payload = {"startSchedule": stamp(now - PAST)}
    return {}, begin if lease is None else begin | {"duration": int((PAST + lease).total_seconds())}


def hopeless(failures: Sequence[Failure]) -> bool:
    """Whether no other way of a purpose is worth trying."""
    silences = sum(isinstance(failure, Unanswered) for failure in failures)
    return silences >= SILENCES or any(
        isinstance(failure, Unsupported) or (isinstance(failure, Refused) and failure.status == IGNORED)
        for failure in failures
    )


def worst(failures: list[Failure]) -> Failure:
    """The failure to tell of: a refusal with a reason says more than that something is not supported or silent."""
    rank = (Unanswered, Unsupported, Refused)
    return max(
        failures or [Refused("Rejected", "there is no way to set this limit")],
        key=lambda failure: (rank.index(type(failure)), isinstance(failure, Refused) and bool(failure.reason)),
    )


def _number(value: float) -> float:
    """Without decimals where there are none: some parsers know no `16.0`."""
    return int(value) if value == int(value) else value


def _purposes(station: Station, evse: Evse, amps: float) -> Iterator[str]:
    odd = quirks_of(station)
    for purpose in odd.purposes:
        if purpose == TX and evse.transaction is None:
            continue  # OCPP 1.6 ed. 2 - 5.16.4, OCPP 2.0.1 ed. 3 - K01.FR.09: not without an active transaction
        if purpose not in IDS and len(station.evses) > 1:
            continue  # OCPP 1.6 ed. 2 - 3.13.3: it is the limit of all connectors combined
        if purpose != TX and pausing(amps) and odd.pauses_block_starts:
            continue
        yield purpose
