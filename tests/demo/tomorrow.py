"""What is known of tomorrow in the demonstration: a forecast of its sun, and prices of each hour."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from tests.simulator.house import House
from tests.simulator.publish import States

HOUR: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)
PRICES: Final = (
    0.25, 0.24, 0.23, 0.22, 0.23, 0.26, 0.31, 0.36, 0.35, 0.31, 0.27, 0.23,
    0.20, 0.19, 0.20, 0.24, 0.29, 0.36, 0.41, 0.42, 0.38, 0.33, 0.29, 0.27,
)  # fmt: skip
"""Of the hours of a day (EUR/kWh): cheap at night and with much sun, dear in the evening."""
DEARER: Final = 1.1
"""So many times the prices of today are those of tomorrow."""


def tomorrow(house: House, now: datetime, zone: tzinfo) -> States:
    """The states that tell it, with what holds now."""
    today = now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    midnight = today.replace(hour=0)
    days = [_prices(midnight, 1.0), _prices(midnight + 24 * HOUR, DEARER)]
    price = {"friendly_name": "Price", "unit_of_measurement": "EUR/kWh", "state_class": "measurement"}
    energy = _sun(house, midnight)
    sun = {"friendly_name": "Solar forecast", "unit_of_measurement": "Wh", "wh_hours": energy}
    return {
        "sensor.demo_price": (PRICES[today.hour], price | {"raw_today": days[0], "raw_tomorrow": days[1]}),
        "sensor.demo_solar_forecast": (energy[today.isoformat()], sun),
    }


def _prices(midnight: datetime, times: float) -> list[dict[str, object]]:
    hours = [midnight + HOUR * hour for hour in range(24)]
    return [
        {"start": hour.isoformat(), "end": (hour + HOUR).isoformat(), "value": round(price * times, 4)}
        for hour, price in zip(hours, PRICES, strict=True)
    ]


def _sun(house: House, midnight: datetime) -> dict[str, float]:
    """The energy (Wh) of each hour of two days, as well as its clouds let it be known."""
    hours = [midnight + HOUR * hour for hour in range(48)]
    return {
        hour.isoformat(): round(
            sum(house.sample((hour + QUARTER * part).astimezone(UTC)).sun_power for part in range(4)) / 4
        )
        for hour in hours
    }
