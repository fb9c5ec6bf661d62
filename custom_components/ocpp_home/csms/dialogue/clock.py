"""What stations say the time is, and what it is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.station import Station

EARLIEST: Final = datetime(2015, 1, 1, tzinfo=UTC)
"""Nothing that speaks OCPP 1.6 has measured anything before; a clock that says so was never set."""
LATEST: Final = timedelta(hours=15)
"""So far ahead a clock may be that keeps local time and calls it UTC."""
TOLERANCE: Final = 120.0
"""A clock that is not further off (s) is right."""
LATE: Final = timedelta(minutes=3)
"""What is told so long after it happened was told late: history, not news."""
_APART: Final = 5.0
_ALIKE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened (UTC); `told` is False where the station gave no usable time and the receipt counts."""

    at: datetime
    told: bool = True


def stamp(at: datetime) -> str:
    """A time as it is sent to stations: in UTC, ending in Z (OCPP 1.6 ed. 2 - 3.14, 3.15)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: object) -> datetime | None:
    """The time a station wrote, in UTC as if a time without zone were UTC; None where it is none."""
    if not isinstance(text, str) or not 16 <= len(text := text.strip().upper()) <= 40 or text[10] not in "T ":
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except ValueError, OverflowError:
        return None


def read(station: Station, text: object, now: datetime) -> Moment:
    """When something happened, corrected by what is known of the station's clock."""
    time = parse(text)
    if time is None or not EARLIEST <= time <= now + LATEST:
        if text is not None:
            station.count("unusable time")
        return Moment(now, told=False)
    offset, ahead = station.clock_offset or 0.0, (time - now).total_seconds()
    if ahead > offset + TOLERANCE:  # what has happened cannot lie ahead: it was written by another clock than is known
        if ahead <= TOLERANCE:
            return Moment(time)
        before = station.clock_before or 0.0
        if station.clock_offset is None and not _queued(station, ahead):
            _learned(station, ahead)
        elif before < ahead:  # nobody knows by which clock it was written
            return Moment(now, told=False)
        offset = max(ahead, before)
    return Moment(time - timedelta(seconds=offset) if abs(offset) > TOLERANCE else time)


def learn(station: Station, text: object, now: datetime) -> None:
    """Learn how far a station's clock is off from the time in a message that was just written.

    Such a message may have waited all the same, so that its time is older, but never newer: a clock that is ahead of
    what was believed proves it at once, unless it may have been written before the clock was set. That it is behind, or
    is ahead again, is believed when two messages show the same offset some seconds apart; what waits in a queue or
    stands still does not.
    """
    time = parse(text)
    if time is None or not EARLIEST <= time <= now + LATEST:
        return
    offset = (time - now).total_seconds()
    known, hint = station.clock_offset, station.clock_hint
    fresh = not _queued(station, offset) and (known is None or offset <= max(known, 0.0) + TOLERANCE)
    if fresh and offset >= (-TOLERANCE if known is None else known):
        _learned(station, offset)
    elif fresh and known is not None and offset >= known - TOLERANCE:
        station.clock_hint = None
    elif hint is None or abs(offset - hint[0]) > _ALIKE:
        station.clock_hint = (offset, now)
    elif (now - hint[1]).total_seconds() >= _APART:
        _learned(station, offset)


def theirs(station: Station, now: datetime) -> datetime:
    """What a station's own clock shows at a moment, as far as that is known: schedules are kept by that clock."""
    return now + timedelta(seconds=station.clock_offset or 0.0)


def ours(station: Station, told: datetime) -> datetime:
    """The moment at which a station's own clock shows that, as far as that is known."""
    return told - timedelta(seconds=station.clock_offset or 0.0)


def unlearn(station: Station) -> None:
    """Doubt what is known of a station's clock: a boot may have set it; what was written before goes by it still."""
    if station.clock_offset is not None:
        station.clock_before = station.clock_offset
    station.clock_offset = station.clock_hint = None


def _queued(station: Station, ahead: float) -> bool:
    """Whether a time that lies ahead is explained by the clock as it was before the boot: it was written then."""
    return station.clock_before is not None and TOLERANCE < ahead < station.clock_before - TOLERANCE


def _learned(station: Station, offset: float) -> None:
    station.clock_offset, station.clock_hint = offset, None
    if abs(offset) > TOLERANCE:
        station.notice("clock_wrong", minutes=f"{offset / 60:+.0f}")
    else:
        station.settle("clock_wrong")
