"""When hours of the week begin and end by the clock on the wall, also where that clock is put forward or back."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from .card import Window

HORIZON: Final = 15
"""Days that are looked ahead: a window of one day a week may fall into the hour that a spring leaves out."""
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)


def open_at(hours: Sequence[Window], at: datetime, zone: tzinfo) -> bool:
    """Whether a moment (UTC) lies within these hours; without any, always."""
    wall = at.astimezone(zone)
    return not hours or any(window.holds(wall) for window in hours)


def next_change(hours: Sequence[Window], at: datetime, zone: tzinfo) -> datetime | None:
    """When it is next otherwise than at a moment (UTC); None if that does not happen."""
    if not hours:
        return None
    now = open_at(hours, at, zone)
    moments = sorted(moment for moment in (*_edges(hours, at, zone), *_shifts(at, zone)) if moment > at)
    return next((moment for moment in moments if open_at(hours, moment, zone) is not now), None)


def _edges(hours: Sequence[Window], at: datetime, zone: tzinfo) -> Iterator[datetime]:
    """When windows begin and end; where the clock is put back that happens twice."""
    today = at.astimezone(zone).date()
    for ahead in range(-1, HORIZON):
        for window in hours:
            for edge in (window.begins, window.ends):
                wall = datetime.combine(today + ahead * _DAY, edge, zone)
                yield from (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _shifts(at: datetime, zone: tzinfo) -> Iterator[datetime]:
    """When the clock on the wall is put forward or back."""
    before = at.astimezone(UTC).replace(microsecond=0)
    for _ in range(HORIZON):
        after = before + _DAY
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            yield _shift(before, after, zone)
        before = after


def _shift(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first second of the new offset, which lies between two moments."""
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
