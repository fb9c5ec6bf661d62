"""Pictures without a library: bars side by side, and lines over the hours of a day, as SVG."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

COLOURS: Final = ("#9aa5b1", "#f0a202", "#0b7a75", "#c8553d", "#5b5f97")
OURS: Final = "#0b7a75"
WIDTH: Final = 760
LEFT: Final = 190
ROW: Final = 17


def _frame(height: int, title: str, body: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#333">'
    )
    paper = f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    top = f'<text x="16" y="24" font-size="15" font-weight="bold">{escape(title)}</text>'
    return "\n".join((head, paper, top, *body, "</svg>", ""))


def colour(rule: str, number: int) -> str:
    """Ours has a colour of its own."""
    return OURS if rule == "ours" else COLOURS[number % 2]


def bars(title: str, groups: Mapping[str, Mapping[str, float]], unit: str) -> str:
    """A group of bars for each scene, a bar for each rule."""
    most = max((value for group in groups.values() for value in group.values()), default=1.0) or 1.0
    body, y = [], 44
    for scene, group in groups.items():
        body.append(f'<text x="16" y="{y + 12}" font-weight="bold">{escape(scene)}</text>')
        y += 20
        for number, (rule, value) in enumerate(group.items()):
            length = max(value, 0.0) / most * (WIDTH - LEFT - 110)
            body.append(f'<text x="{LEFT - 8}" y="{y + 11}" text-anchor="end">{escape(rule)}</text>')
            body.append(
                f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="13" fill="{colour(rule, number)}" rx="2"/>'
            )
            body.append(f'<text x="{LEFT + length + 6:.1f}" y="{y + 11}">{value:,.1f} {escape(unit)}</text>')
            y += ROW
        y += 8
    return _frame(y + 8, title, body)


def lines(title: str, series: Mapping[str, Sequence[float]], hours: tuple[float, float], unit: str) -> str:
    """A line for each series, over equal parts of some hours."""
    height, top, bottom = 340, 56, 300
    most = max(max(values) for values in series.values()) or 1.0
    least = min(0.0, *(min(values) for values in series.values()))
    scale = (bottom - top) / (most - least)

    def place(number: int, count: int, value: float) -> str:
        return f"{50 + number / max(count - 1, 1) * (WIDTH - 70):.1f},{bottom - (value - least) * scale:.1f}"

    body = [f'<path d="M50,{bottom + least * scale:.1f} H{WIDTH - 20}" stroke="#ccc"/>']
    for number, (name, values) in enumerate(series.items()):
        points = " ".join(place(at, len(values), value) for at, value in enumerate(values))
        paint = OURS if name.startswith("ours") else COLOURS[(number * 3) % 5] if number else COLOURS[1]
        width = 1 if number == 0 else 1.6
        body.append(f'<polyline points="{points}" fill="none" stroke="{paint}" stroke-width="{width}"/>')
        body.append(f'<text x="{50 + number * 150}" y="44" fill="{paint}" font-weight="bold">{escape(name)}</text>')
    for tick in range(5):
        value = least + (most - least) * tick / 4
        body.append(f'<text x="44" y="{bottom - (value - least) * scale + 4:.1f}" text-anchor="end">{value:.1f}</text>')
    for tick in range(7):
        hour = hours[0] + (hours[1] - hours[0]) * tick / 6
        clock = f"{int(hour) % 24}:{round(hour % 1 * 60) % 60:02d}"
        body.append(f'<text x="{50 + tick / 6 * (WIDTH - 70):.1f}" y="318" text-anchor="middle">{clock}</text>')
    body.append(f'<text x="16" y="{height - 6}">{escape(unit)}</text>')
    return _frame(height, title, body)
