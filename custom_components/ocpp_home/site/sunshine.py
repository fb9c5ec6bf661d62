"""What the sun will give: all forecasts the Energy dashboard knows, added up."""

from asyncio import gather, timeout
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
import logging
from math import isfinite
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from .kept import Kept
from .steps import Steps, steps

_LOGGER: Final = logging.getLogger(__name__)
FRESH: Final = 900.0
PATIENCE: Final = 20.0
"""So long (s) is waited for a forecast."""
PLATFORM: Final = "energy"
FADING: Final = 4 * 3600.0
"""What the sun gives more or less than forecast now, it does no longer after this time (s)."""
TELLING: Final = 100.0
"""Where less (W) is forecast, a comparison says nothing."""
LEAST, MOST = 0.3, 2.0

type Forecaster = Callable[[HomeAssistant, str], Awaitable[Mapping[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What several forecasts say."""

    sources: Mapping[str, Steps]
    """The power (W) by the name of who says so."""

    def power(self, begin: float, end: float) -> float:
        """What they expect together (W) on average between two moments."""
        return sum(source.covered(begin, end)[1] for source in self.sources.values()) / (end - begin)


class Sunshine:
    """Asks the integrations that forecast the sun, when it is asked itself."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nothing is asked before `forecast`."""
        self._hass = hass
        self._kept = Kept[Forecast](FRESH)

    async def forecast(self, now: float, preferences: Mapping[str, Any] | None) -> Forecast:
        """What is expected by the forecasts of the dashboard's preferences; who fails to tell is left out."""
        entries = tuple(dict.fromkeys(forecasting(preferences)))
        return await self._kept.get(now, entries, lambda: self._ask(entries))

    async def _ask(self, entries: tuple[str, ...]) -> Forecast:
        known = [entry for each in entries if (entry := self._hass.config_entries.async_get_entry(each)) is not None]
        told = await gather(*map(self._told, known), return_exceptions=True)  # the code of others may raise anything
        sources: dict[str, Steps] = {}
        for entry, found in zip(known, told, strict=True):
            if isinstance(found, BaseException):
                _LOGGER.debug("%s told no forecast of the sun: %r", entry.title, found)
            elif found.steps:
                sources[_free(entry.title, sources)] = found
        return Forecast(sources)

    async def _told(self, entry: ConfigEntry) -> Steps:
        integration = await async_get_integration(self._hass, entry.domain)
        if not integration.platforms_exists((PLATFORM,)):
            return Steps()
        platform = await integration.async_get_platform(PLATFORM)
        forecaster: Forecaster = platform.async_get_solar_forecast
        async with timeout(PATIENCE):
            return watts(await forecaster(self._hass, entry.entry_id))


def forecasting(preferences: Mapping[str, Any] | None) -> Iterator[str]:
    """The config entries that forecast the sun of the Energy dashboard."""
    for source in (preferences or {}).get("energy_sources") or ():
        if source.get("type") == "solar":
            yield from source.get("config_entry_solar_forecast") or ()


def watts(told: Mapping[str, Any] | None) -> Steps:
    """The power of a forecast: of each moment it tells the energy (Wh) from then to the next."""
    marks = sorted(_marks((told or {}).get("wh_hours") or {}))
    lengths = steps((begin, None, 0.0) for begin, _ in marks).steps
    energy = dict(marks)
    return steps((one.begin, one.end, energy[one.begin] * 3600 / (one.end - one.begin)) for one in lengths)


def _marks(told: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    for text, energy in told.items():
        moment = dt_util.parse_datetime(str(text))
        if moment is None or not isinstance(energy, int | float) or not isfinite(energy):
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt_util.get_default_time_zone())
        yield moment.timestamp(), max(float(energy), 0.0)


def turned_out(measured: float | None, forecast: float) -> float:
    """So many times what was forecast (W) the sun has given lately; 1 where that says nothing."""
    if measured is None or forecast < TELLING:
        return 1.0
    return min(max(measured / forecast, LEAST), MOST)


def faded(factor: float, ahead: float) -> float:
    """So many times what is forecast it will give in so many seconds."""
    return 1.0 + (factor - 1.0) * max(1.0 - max(ahead, 0.0) / FADING, 0.0)


def _free(title: str, taken: Mapping[str, Steps]) -> str:
    return next(name for name in (title, *(f"{title} ({count})" for count in range(2, 1000))) if name not in taken)
