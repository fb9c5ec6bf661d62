"""The core integrations that tell prices only to who asks them: by an action, and an answer."""

from asyncio import gather, timeout
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .kept import Kept
from .pricelist import listed
from .steps import Steps, steps

_LOGGER: Final = logging.getLogger(__name__)
FRESH: Final = 900.0
PATIENCE: Final = 30.0

type Fields = Callable[[str, date], dict[str, Any]]


def _nordpool(entry: str, day: date) -> dict[str, Any]:
    return {"config_entry": entry, "date": day.isoformat()}


def _tibber(_: str, day: date) -> dict[str, Any]:
    begin, end = (dt_util.start_of_local_day(each).isoformat() for each in (day, day + timedelta(days=1)))
    return {"start": begin, "end": end}


def _dutch(entry: str, day: date) -> dict[str, Any]:
    return {"config_entry": entry, "incl_vat": True, "start": day.isoformat(), "end": day.isoformat()}


def _amber(entry: str, _: date) -> dict[str, Any]:
    return {"config_entry_id": entry, "channel_type": "general"}


@dataclass(frozen=True, slots=True)
class Market:
    """How an integration is asked for the prices of a day."""

    action: str
    fields: Fields
    factor: float = 1.0
    """Its prices times this are per kWh."""


MARKETS: Final = {
    "nordpool": Market("get_prices_for_date", _nordpool, 0.001),
    "tibber": Market("get_prices", _tibber),
    "energyzero": Market("get_energy_prices", _dutch),
    "easyenergy": Market("get_energy_usage_prices", _dutch),
    "amberelectric": Market("get_forecasts", _amber),
}


@dataclass(frozen=True, slots=True)
class Stall:
    """Where is asked: an integration, one of its entries, and the names that tell the right list of several."""

    domain: str
    entry: str
    hints: tuple[str, ...] = ()


class Markets:
    """Asks for the prices of today and tomorrow, when it is asked itself."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Nobody is asked before `prices`."""
        self._hass = hass
        self._kept = Kept[Steps](FRESH)

    async def prices(self, stall: Stall, now: datetime) -> Steps:
        """What is told per kWh; who fails to tell a day has not told it."""
        today = dt_util.as_local(now).date()
        return await self._kept.get(now.timestamp(), (stall, today), lambda: self._ask(stall, today))

    async def _ask(self, stall: Stall, today: date) -> Steps:
        days = (today, today + timedelta(days=1))
        answers = await gather(*(self._day(stall, day) for day in days), return_exceptions=True)
        found: list[tuple[float, float | None, float]] = []
        for answer in answers:  # the code of others may raise anything
            if isinstance(answer, BaseException):
                _LOGGER.debug("%s told no prices: %r", stall.domain, answer)
            else:
                found += ((one.begin, one.end, one.value) for one in answer.steps)
        return steps(found)

    async def _day(self, stall: Stall, day: date) -> Steps:
        market = MARKETS[stall.domain]
        async with timeout(PATIENCE):
            answer = await self._hass.services.async_call(
                stall.domain, market.action, market.fields(stall.entry, day), blocking=True, return_response=True
            )
        told = listed({"prices": chosen(answer or {}, stall.hints)}, dt_util.now(), dt_util.get_default_time_zone())
        return steps((one.begin, one.end, one.value * market.factor) for one in told.steps)


def chosen(answer: Mapping[str, Any], hints: tuple[str, ...]) -> object:
    """The list of prices in an answer: of several areas or homes the one that is meant, else the first."""
    told = answer.get("prices", answer.get("forecasts", answer))
    if not isinstance(told, Mapping):
        return told
    return next((told[hint] for hint in hints if hint in told), next(iter(told.values()), ()))


def stall_of(hass: HomeAssistant, entity: str) -> Stall | None:
    """Where the prices of an entity can be asked for; of an entity made from others at the only market there is."""
    registered = er.async_get(hass).async_get(entity)
    if registered is not None and registered.platform in MARKETS and registered.config_entry_id is not None:
        state = hass.states.get(entity)
        home = None if state is None else state.attributes.get("app_nickname")
        hints = (registered.unique_id.partition("-")[0], *([str(home)] if home else []))
        return Stall(registered.platform, registered.config_entry_id, hints)
    stalls = list(_open(hass))
    return stalls[0] if len(stalls) == 1 else None


def _open(hass: HomeAssistant) -> Iterator[Stall]:
    for domain in MARKETS:
        for entry in hass.config_entries.async_entries(domain):
            if entry.state is ConfigEntryState.LOADED:
                yield Stall(domain, entry.entry_id)
