"""The sun is what all forecasts of the Energy dashboard say together, whoever of them fails."""

from collections.abc import Mapping
from datetime import datetime
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockModule, mock_integration, mock_platform

from custom_components.ocpp_home.site.sunshine import Sunshine, faded, turned_out, watts

ZONE = ZoneInfo("Europe/Berlin")
HOUR = 3600.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def forecaster(hass: HomeAssistant, domain: str, answer: Any, *, platform: bool = True) -> tuple[str, list[str]]:
    """An integration that forecasts the sun; gives the id of its entry, and which entries it was asked for."""
    asked: list[str] = []

    async def async_get_solar_forecast(hass: HomeAssistant, config_entry_id: str) -> Any:
        asked.append(config_entry_id)
        if isinstance(answer, Exception):
            raise answer
        return answer

    mock_integration(hass, MockModule(domain))
    if platform:
        energy = ModuleType(f"{domain}.energy")
        energy.async_get_solar_forecast = async_get_solar_forecast  # type: ignore[attr-defined]  # a platform is a module
        mock_platform(hass, f"{domain}.energy", energy)
    entry = MockConfigEntry(domain=domain, title=domain.title())
    entry.add_to_hass(hass)
    return entry.entry_id, asked


def dashboard(*entries: str) -> Mapping[str, Any]:
    """The Energy dashboard with a roof for each of these forecasts."""
    roofs = [
        {"type": "solar", "stat_energy_from": "sensor.roof", "config_entry_solar_forecast": [one]} for one in entries
    ]
    return {"energy_sources": [{"type": "grid"}, {"type": "solar", "config_entry_solar_forecast": None}, *roofs]}


NOON = at("2026-06-01T12:00:00+02:00")
ROOF = {"wh_hours": {"2026-06-01T12:00:00+02:00": 2000, "2026-06-01T13:00:00+02:00": 1000}}
SHED = {"wh_hours": {"2026-06-01T10:00:00+00:00": 300, "2026-06-01T10:15:00+00:00": 100}}


async def test_all_forecasts_are_added_up(hass: HomeAssistant) -> None:
    (roof, _), (shed, _) = forecaster(hass, "roof", ROOF), forecaster(hass, "shed", SHED)
    found = await Sunshine(hass).forecast(NOON, dashboard(roof, shed))
    quarters = [found.power(NOON + 900 * index, NOON + 900 * (index + 1)) for index in range(5)]
    assert quarters == [3200, 2400, 2000, 2000, 1000]
    assert found.power(NOON, NOON + 2 * HOUR) == pytest.approx(1700)
    assert [*found.sources] == ["Roof", "Shed"]


@pytest.mark.parametrize(
    "answer",
    [
        RuntimeError("not yet loaded"),
        KeyError("x"),
        None,
        {},
        {"wh_hours": {}},
        {"wh_hours": 5},
        {"wh_hours": {"soon": 3}},
    ],
)
async def test_who_cannot_tell_does_not_spoil_the_others(hass: HomeAssistant, answer: object) -> None:
    (bad, asked), (roof, _) = forecaster(hass, "bad", answer), forecaster(hass, "roof", ROOF)
    found = await Sunshine(hass).forecast(NOON, dashboard(bad, roof))
    assert asked == [bad]
    assert ([*found.sources], found.power(NOON, NOON + HOUR)) == (["Roof"], 2000)


async def test_an_integration_that_is_gone_or_forecasts_nothing_is_nothing(hass: HomeAssistant) -> None:
    silent, _ = forecaster(hass, "silent", None, platform=False)
    found = await Sunshine(hass).forecast(NOON, dashboard("gone", silent))
    assert (found.sources, found.power(NOON, NOON + HOUR)) == ({}, 0)
    assert (await Sunshine(hass).forecast(NOON, None)).sources == {}


async def test_a_forecast_named_twice_counts_once_and_is_asked_for_again_after_a_quarter(hass: HomeAssistant) -> None:
    roof, asked = forecaster(hass, "roof", ROOF)
    sunshine = Sunshine(hass)
    for seconds in (0, 899):
        assert (await sunshine.forecast(NOON + seconds, dashboard(roof, roof))).power(NOON, NOON + HOUR) == 2000
    assert len(asked) == 1
    await sunshine.forecast(NOON + 900, dashboard(roof))
    assert len(asked) == 2


async def test_two_entries_of_the_same_name_are_both_told(hass: HomeAssistant) -> None:
    (roof, _), (shed, _) = forecaster(hass, "roof", ROOF), forecaster(hass, "roof", ROOF)
    assert [*(await Sunshine(hass).forecast(NOON, dashboard(roof, shed))).sources] == ["Roof", "Roof (2)"]


def test_the_energy_from_a_moment_to_the_next_is_power() -> None:
    told = watts({"wh_hours": {"2026-06-01T05:30:00+02:00": 50, "2026-06-01T06:00:00+02:00": 300, "x": 5}})
    assert [(one.end - one.begin, one.value) for one in told.steps] == [(1800, 100), (1800, 600)]


async def test_moments_without_a_zone_are_by_the_clock_of_the_house_also_when_that_is_changed(
    hass: HomeAssistant,
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    for day, hours in (("2026-03-29", 9), ("2026-10-25", 11)):
        told = watts({"wh_hours": {f"{day}T00:00:00": 0, f"{day}T10:00:00": 700}})
        assert told.steps[-1].begin == at(f"{day}T00:00:00{'+01:00' if hours == 9 else '+02:00'}") + hours * HOUR
        assert (told.steps[-1].value, told.steps[-1].end - told.steps[-1].begin) == (700, HOUR)


@pytest.mark.parametrize(
    ("measured", "forecast", "factor"),
    [(1000, 2000, 0.5), (3000, 2000, 1.5), (0, 2000, 0.3), (9000, 2000, 2.0), (50, 90, 1.0), (None, 2000, 1.0)],
)
def test_what_the_sun_gave_lately_tells_how_good_the_forecast_is(
    measured: float | None, forecast: float, factor: float
) -> None:
    assert turned_out(measured, forecast) == factor


def test_what_happened_lately_tells_less_and_less_of_later() -> None:
    assert [faded(0.5, hours * HOUR) for hours in (-1, 0, 2, 4, 9)] == [0.5, 0.5, 0.75, 1.0, 1.0]
