"""`scripts/bench control`: the controller beside other rules and beside hindsight; a table, and pictures on demand."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
import sys
from typing import Final

from . import commute, limits, picture, sun
from .scenes import LEAST_COMMUTE, Row, Size, cells, measure

FULL: Final = Size(3, 365)
TITLES: Final = {
    "B1": "Following the sun: share of the optimum",
    "B2": "A commuter's year: more than with perfect foresight",
    "B3": "A 25 A fuse in the evening: above the rated current",
    "B4": "Cars that share: part of the joint optimum",
    "B5": "Following the sun with everything that goes wrong",
    "B6": "Capacity tariff: the dearest quarter-hour",
}


def judged(rows: Sequence[Row]) -> list[Row]:
    """The rows, those of B2 judged by what evcc's cost in the same scene."""
    evcc = {row.scene: row.result for row in rows if row.bench == "B2" and row.rule.startswith("evcc")}

    def judge(row: Row) -> Row:
        if row.bench != "B2" or row.met is None:
            return row
        return replace(row, met=row.met and row.result <= 0.4 * evcc.get(row.scene, 0.0))

    return [judge(row) for row in rows]


def table(rows: Sequence[Row]) -> str:
    """One table of all."""
    lines = ["| | scene | rule | result | besides | goal |", "|---|---|---|---:|---|---|"]
    words = {None: "", True: "met", False: "missed"}
    lines += [
        f"| {row.bench} | {row.scene} | {row.rule} | {row.result:.1f} {row.unit} | {row.also} | {words[row.met]} |"
        for row in rows
    ]
    return "\n".join(lines)


def draw(rows: Sequence[Row], folder: Path) -> None:
    """A picture of each bench, and of a day and of some weeks."""
    folder.mkdir(parents=True, exist_ok=True)
    for bench, group in groupby(rows, key=lambda row: row.bench):
        found = list(group)
        groups = {row.scene: {each.rule: each.result for each in found if each.scene == row.scene} for row in found}
        text = picture.bars(f"{bench}. {TITLES[bench]}", groups, found[0].unit)
        (folder / f"charging-{bench.lower()}.svg").write_text(text)
    if any(row.bench == "B1" for row in rows):
        (folder / "charging-day.svg").write_text(_day())
    if any(row.bench == "B2" for row in rows):
        (folder / "charging-week.svg").write_text(_week())


def _day(seed: int = 1, date: int = 255) -> str:
    light, load = sun.daylight(seed, date)
    runs = {rule: sun.follow(seed, date, "1p/3p", 0.20, rule).powers for rule in ("evcc", "ours")}
    surplus = light - load.sum(axis=1)
    series = {"surplus": surplus, **runs}
    means = {name: values[: len(values) // 24 * 24].reshape(-1, 24).mean(axis=1) for name, values in series.items()}
    half = len(surplus) * 5 / 7200
    return picture.lines(
        "A day with clouds: what is left of the sun, and what the car takes (two-minute means)",
        {name: (values / 1000).tolist() for name, values in means.items()},
        (12 - half, 12 + half),
        "kW",
    )


def _week(seed: int = 1, days: int = 14) -> str:
    drivers = ("evcc pv + plan", "ours")
    series = {name: commute.commute(seed, days, "dynamic", name).energy for name in drivers}
    return picture.lines(
        "Two weeks of a commuter, dynamic prices: what the battery holds", series, (0, 24 * days), "kWh"
    )


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(prog="scripts/bench control", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--days", type=int, default=14, help="of a year, spread evenly")
    parser.add_argument("--full", action="store_true", help="365 days, 3 seeds; takes hours")
    parser.add_argument("--only", action="append", metavar="B1", help="only this bench; may be repeated")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="where pictures are put")
    parser.add_argument("--explain", action="store_true", help="what is lost to what, instead; B1 and B2")
    options = parser.parse_args()
    size = FULL if options.full else Size(options.seeds, options.days)
    if options.explain:
        for line in limits.explain(size.range, size.dates(6), max(size.days, LEAST_COMMUTE)):
            sys.stdout.write(line + "\n")
        return
    rows = judged(measure([cell for cell in cells() if not options.only or cell.bench in options.only], size))
    sys.stdout.write(table(rows) + "\n")
    if options.pictures:
        draw(rows, options.pictures)


if __name__ == "__main__":
    main()
