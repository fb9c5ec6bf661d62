"""What the demonstration tells of tomorrow is told as integrations tell it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from custom_components.ocpp_home.site.pricelist import listed
from custom_components.ocpp_home.site.sunshine import watts
from tests.demo.tomorrow import PRICES, tomorrow
from tests.simulator.house import House

NOW = datetime(2026, 11, 25, 12, 20, tzinfo=UTC)
ZONE = ZoneInfo("Etc/GMT-1")


def test_prices_of_two_days_are_understood_and_the_price_is_that_of_the_hour() -> None:
    price, attributes = tomorrow(House(), NOW, ZONE)["sensor.demo_price"]
    known = listed(attributes, NOW, ZONE)
    assert price == PRICES[13] == known.at(NOW.timestamp())
    assert (len(known.steps), known.until) == (48, datetime(2026, 11, 26, 23, tzinfo=UTC).timestamp())


def test_the_forecast_of_the_sun_is_understood_and_dark_at_night() -> None:
    _, attributes = tomorrow(House(latitude=20.0, longitude=15.0), NOW, ZONE)["sensor.demo_solar_forecast"]
    sun = watts(attributes)
    noon, night = (datetime(2026, 11, 26, hour, 30, tzinfo=ZONE).timestamp() for hour in (12, 2))
    assert 1000 < (sun.at(noon) or 0) < 8000
    assert sun.at(night) == 0
