"""What the house usually takes, by the hour of the day: what its meters told in two weeks, without the cars."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfElectricCurrent, UnitOfEnergy, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..csms.control.terms import VOLTAGE
from .gauge import CURRENTS
from .kept import Kept
from .settings import SiteSettings
from .steps import HOUR

if TYPE_CHECKING:
    from homeassistant.components.recorder.statistics import StatisticsRow

DAYS: Final = 14
FRESH: Final = 3600.0
BLEND: Final = 3600.0
"""So long (s) what the house takes now tells of what it will take."""
LATELY: Final = timedelta(hours=2)
SATURDAY: Final = 5
UNITS: Final = {
    "power": UnitOfPower.WATT,
    "energy": UnitOfEnergy.WATT_HOUR,
    "electric_current": UnitOfElectricCurrent.AMPERE,
}


@dataclass(frozen=True, slots=True)
class Meter:
    """A statistic, and how often what it tells is to be counted as taken by the house."""

    id: str
    times: float = 1.0
    energy: bool = False
    """Whether it counts energy (Wh): what it has grown by in an hour is the power (W)."""


def meters(hass: HomeAssistant, settings: SiteSettings, cars: Sequence[str], sun: Sequence[str]) -> tuple[Meter, ...]:
    """What is added up to what the house takes without its cars; nothing where nobody measures it.

    `cars` and `sun` are statistics of energy; those of the sun count where its power is not measured.
    """
    grid = list(_grid(hass, settings))
    if not grid:
        return ()
    solar = [Meter(each, energy=True) for each in sun] if settings.solar is None else [Meter(settings.solar)]
    sign = -1.0 if settings.battery_inverted else 1.0
    battery = [] if settings.battery is None else [Meter(settings.battery, sign)]
    return (*grid, *solar, *battery, *(Meter(car, -1.0, energy=True) for car in cars))


def _grid(hass: HomeAssistant, settings: SiteSettings) -> Iterator[Meter]:
    """What tells the power at the grid connection; a current does only where nothing can flow back."""
    sign = -1.0 if settings.grid_inverted else 1.0
    if settings.grid is not None:
        yield Meter(settings.grid, sign)
    elif not any(_current(hass, line) for line in settings.lines):
        yield from (Meter(line, sign) for line in settings.lines)
    elif settings.solar is None and settings.battery is None:
        yield from (Meter(line, VOLTAGE) for line in settings.lines)


def _current(hass: HomeAssistant, entity: str) -> bool:
    state = hass.states.get(entity)
    return state is not None and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) in CURRENTS


@dataclass(frozen=True, slots=True)
class Habit:
    """The usual load (W) by hour of the day, of weekdays and of weekends."""

    usual: Mapping[tuple[bool, int], float]
    zone: tzinfo

    def load(self, moment: float) -> float | None:
        """What it usually takes then; None where nothing is known of any hour."""
        weekend, hour = _kind(moment, self.zone)
        known = self.usual.get((weekend, hour), self.usual.get((not weekend, hour)))
        if known is not None or not self.usual:
            return known
        return sum(self.usual.values()) / len(self.usual)

    def expected(self, moment: float, now: float, load: float | None) -> float | None:
        """What it will take: next what it takes now, and in an hour what it usually does."""
        usual = self.load(moment)
        if usual is None or load is None:
            return load if usual is None else usual
        part = max(1.0 - (moment - now) / BLEND, 0.0)
        return part * load + (1.0 - part) * usual


def habit_of(hours: Mapping[float, float], zone: tzinfo) -> Habit:
    """The habit that shows in the loads (W) of many hours, told by their begin."""
    seen: dict[tuple[bool, int], list[float]] = {}
    for begin, load in hours.items():
        seen.setdefault(_kind(begin, zone), []).append(load)
    return Habit({kind: sum(loads) / len(loads) for kind, loads in seen.items()}, zone)


def _kind(moment: float, zone: tzinfo) -> tuple[bool, int]:
    """Whether it is weekend, and the hour of the day; statistics have hours of the clock of the world."""
    local = datetime.fromtimestamp(moment - moment % HOUR, zone)
    return local.weekday() >= SATURDAY, local.hour


class HouseLoad:
    """Looks up what the recorder knows, when it is asked itself."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nothing is looked up before `learn`."""
        self._hass = hass
        self._kept = Kept[Habit](FRESH)
        self._sun = Kept[float | None](FRESH / 4)

    async def learn(self, now: datetime, parts: tuple[Meter, ...]) -> Habit:
        """What is usual by these meters; nothing is without a recorder."""
        zone = dt_util.get_default_time_zone()
        return await self._kept.get(now.timestamp(), (parts, zone), lambda: self._learn(now, parts, zone))

    async def sun(self, now: datetime, entity: str | None) -> float | None:
        """What the sun gave on average (W) in the last two hours, None where nobody has measured it."""
        return await self._sun.get(now.timestamp(), entity, lambda: self._lately(now, entity))

    async def _learn(self, now: datetime, parts: tuple[Meter, ...], zone: tzinfo) -> Habit:
        rows = await self._rows({part.id for part in parts}, now - timedelta(days=DAYS), now)
        return habit_of(dict(loads(parts, rows)), zone)

    async def _lately(self, now: datetime, entity: str | None) -> float | None:
        rows = await self._rows({entity} if entity else set(), now - LATELY, now, short=True)
        means = [mean for row in rows.get(entity or "", ()) if (mean := row.get("mean")) is not None]
        return sum(means) / len(means) if means else None

    async def _rows(
        self, ids: set[str], begin: datetime, end: datetime, *, short: bool = False
    ) -> Mapping[str, Sequence[StatisticsRow]]:
        if not ids or "recorder" not in self._hass.config.components:
            return {}
        return await get_instance(self._hass).async_add_executor_job(
            statistics_during_period,
            self._hass,
            begin,
            end,
            ids,
            "5minute" if short else "hour",
            dict(UNITS),
            {"mean", "change"},
        )


def loads(parts: Sequence[Meter], rows: Mapping[str, Sequence[StatisticsRow]]) -> Iterator[tuple[float, float]]:
    """The load (W) of each hour of which all that tell power have told it; who told no energy took none."""
    told = {part.id: {row["start"]: _value(part, row) for row in rows.get(part.id, ())} for part in parts}
    always = [part for part in parts if not part.energy]
    for hour in sorted(told[always[0].id]) if always else ():
        if all(told[part.id].get(hour) is not None for part in always):
            yield hour, max(sum(part.times * (told[part.id].get(hour) or 0.0) for part in parts), 0.0)


def _value(part: Meter, row: StatisticsRow) -> float | None:
    return row.get("change") if part.energy else row.get("mean")
