"""The energy of each day of a period as bars: what came from the sun below, the rest above."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Final

from .session import Period, Session
from .words import Speech

LONGEST: Final = 62
"""Over more days the bars would be hairs; then there is no chart."""
WIDTH: Final = 640
HEIGHT: Final = 96
BASE: Final = HEIGHT - 12


def chart(say: Speech, sessions: Sequence[Session], period: Period) -> str:
    """The figure; empty where there is nothing to see."""
    days = [period.first + timedelta(days=number) for number in range((period.last - period.first).days + 1)]
    delivered = {day: _day(sessions, day) for day in days}
    highest = max((energy for energy, _ in delivered.values()), default=0)
    if not 1 < len(days) <= LONGEST or not highest:
        return ""
    step = WIDTH / len(days)
    bars = "".join(_bar(number * step, step, day, delivered[day], highest) for number, day in enumerate(days))
    keys = "".join(
        f'<span><i class="{kind}"></i>{escape(say(name))}</span>'
        for kind, name in (("from-sun", "sun"), ("from-grid", "grid"))
    )
    if all(sun is None for _, sun in delivered.values()):
        keys = ""
    top = f'<text x="{WIDTH}" y="8" text-anchor="end">{escape(say.kwh(highest))} kWh</text>'
    line = f'<path d="M0 {BASE}H{WIDTH}" stroke="#dfe5ea"/>'
    return (
        f"<figure><figcaption><b>{escape(say('each_day'))}</b>{keys}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{line}{bars}{top}</svg></figure>'
    )


def _day(sessions: Sequence[Session], day: date) -> tuple[int, int | None]:
    """Energy and how much of it came from the sun (Wh)."""
    booked = [one for session in sessions for one in session.days(Period(day, day))]
    suns = [one.sun for one in booked if one.sun is not None]
    return sum(one.energy for one in booked), sum(suns) if suns else None


def _bar(left: float, step: float, day: date, delivered: tuple[int, int | None], highest: int) -> str:
    energy, sun = delivered
    scale = (BASE - 12) / highest
    tall, low = energy * scale, min(sun or 0, energy) * scale
    x, width = left + step * 0.15, step * 0.7
    label = f'<text x="{left + step / 2:.1f}" y="{HEIGHT - 2}" text-anchor="middle">{day.day}</text>'
    grid = f'<rect class="from-grid" x="{x:.1f}" y="{BASE - tall:.1f}" width="{width:.1f}" height="{tall - low:.1f}"/>'
    shone = f'<rect class="from-sun" x="{x:.1f}" y="{BASE - low:.1f}" width="{width:.1f}" height="{low:.1f}"/>'
    return (grid + shone if energy else "") + label
