"""Lists of prices, in the forms the integrations people use publish them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.ocpp_home.site.pricelist import listed

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=ZONE)
HOUR = 3600


def read(told: Mapping[str, Any], now: datetime = NOW) -> list[tuple[str, float, float]]:
    """Begin by the clock of the house, minutes, and value."""
    return [
        (f"{datetime.fromtimestamp(one.begin, ZONE):%d %H:%M}", (one.end - one.begin) / 60, one.value)
        for one in listed(told, now, ZONE).steps
    ]


WANTED = [("25 00:00", 60, 0.11), ("25 01:00", 60, 0.22), ("26 00:00", 60, 0.33)]


@pytest.mark.parametrize(
    "told",
    [
        {  # Nord Pool of HACS: moments are objects
            "today": [0.5] * 24,
            "raw_today": [
                {"start": MIDNIGHT, "end": MIDNIGHT + timedelta(hours=1), "value": 0.11},
                {"start": MIDNIGHT + timedelta(hours=1), "end": MIDNIGHT + timedelta(hours=2), "value": 0.22},
            ],
            "raw_tomorrow": [
                {"start": MIDNIGHT + timedelta(days=1), "end": MIDNIGHT + timedelta(days=1, hours=1), "value": 0.33}
            ],
        },
        {  # Tibber's own words
            "price_info": {
                "today": [
                    {"total": 0.11, "energy": 0.05, "startsAt": "2026-11-25T00:00:00.000+01:00"},
                    {"total": 0.22, "energy": 0.05, "startsAt": "2026-11-25T01:00:00.000+01:00"},
                ],
                "tomorrow": [{"total": 0.33, "energy": 0.05, "startsAt": "2026-11-26T00:00:00.000+01:00"}],
            }
        },
        {  # EPEX Spot
            "data": [
                {"start_time": "2026-11-24T23:00:00+00:00", "end_time": "2026-11-25T00:00:00+00:00",
                 "price_per_kwh": 0.11},
                {"start_time": "2026-11-25T00:00:00+00:00", "end_time": "2026-11-25T01:00:00+00:00",
                 "price_per_kwh": 0.22},
                {"start_time": "2026-11-25T23:00:00+00:00", "end_time": "2026-11-26T00:00:00+00:00",
                 "price_per_kwh": 0.33},
            ]
        },
        {  # ENTSO-e: a moment by the clock of the house, in another kind of list each day
            "prices_today": [
                {"time": "2026-11-25 00:00:00", "price": 0.11}, {"time": "2026-11-25 01:00:00", "price": "0.22"},
            ],
            "prices_tomorrow": [{"time": "2026-11-26 00:00:00", "price": 0.33}],
        },
        {  # Frank Energie
            "prices": [
                {"from": "2026-11-24T23:00:00Z", "till": "2026-11-25T00:00:00Z", "price": 0.11},
                {"from": "2026-11-25T00:00:00Z", "till": "2026-11-25T01:00:00Z", "price": 0.22},
                {"from": "2026-11-25T23:00:00Z", "till": "2026-11-26T00:00:00Z", "price": 0.33},
            ]
        },
        {  # Amber
            "forecasts": [
                {"duration": 60, "per_kwh": 0.11, "start_time": "2026-11-24T23:00:00Z"},
                {"duration": 60, "per_kwh": 0.22, "start_time": "2026-11-25T00:00:00Z"},
                {"duration": 60, "per_kwh": 0.33, "start_time": "2026-11-25T23:00:00Z"},
            ]
        },
        {  # moments as numbers, seconds and milliseconds
            "forecast": [
                {"timestamp": MIDNIGHT.timestamp(), "price": 0.11},
                {"timestamp": (MIDNIGHT.timestamp() + HOUR) * 1000, "price": 0.22},
                {"timestamp": MIDNIGHT.timestamp() + 24 * HOUR, "price": 0.33},
            ]
        },
        {  # a table by moment
            "prices": {
                "2026-11-25T00:00:00+01:00": 0.11, "2026-11-25T01:00:00+01:00": 0.22,
                "2026-11-26T00:00:00+01:00": 0.33,
            }
        },
        {"price_00h": 0.11, "price_01h": 0.22, "price_next_day_00h": 0.33, "price_ratio": 0.4},  # PVPC
    ],
)  # fmt: skip
def test_a_list_is_understood(told: dict[str, Any]) -> None:
    assert read(told) == WANTED


def test_quarters_and_half_hours_are_as_long_as_they_are() -> None:
    begin = datetime(2026, 11, 25, 12, tzinfo=ZONE)
    for minutes in (15, 30):
        marks = [begin + timedelta(minutes=minutes * index) for index in range(3)]
        told = {"prices": [{"start": mark.isoformat(), "price": 0.1} for mark in marks]}
        assert [length for _, length, _ in read(told)] == [minutes] * 3


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (datetime(2026, 11, 25, 12, tzinfo=ZONE), 24, "25 23:00"),
        (datetime(2026, 3, 29, 12, tzinfo=ZONE), 23, "29 23:00"),
        (datetime(2026, 3, 29, 12, tzinfo=ZONE), 24, "29 23:00"),
        (datetime(2026, 10, 25, 12, tzinfo=ZONE), 25, "25 23:00"),
        (datetime(2026, 11, 25, 12, tzinfo=ZONE), 96, "25 23:45"),
        (datetime(2026, 10, 25, 12, tzinfo=ZONE), 100, "25 23:45"),
    ],
)
def test_numbers_of_a_day_begin_at_midnight_also_when_the_clock_is_changed(
    day: datetime, count: int, last: str
) -> None:
    told = read({"today": [index / 100 for index in range(count)]}, day)
    assert told[0] == (f"{day:%d} 00:00", 60 if count < 30 else 15, 0.0)
    assert told[-1][0] == last


def test_after_the_clock_is_put_forward_the_third_hour_is_the_third_price() -> None:
    told = {begin: value for begin, _, value in read({"today": [*range(23)]}, datetime(2026, 3, 29, 9, tzinfo=ZONE))}
    assert (told["29 01:00"], told["29 03:00"]) == (1.0, 2.0)
    assert "29 02:00" not in told


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"unit_of_measurement": "EUR/kWh", "max_price": 0.4, "min_price_at": "2026-11-25T01:00Z"},
        {"today": [0.1, 0.2]},
        {"today": "0.1, 0.2"},
        {"prices": [{"price": 0.2}, {"start": "soon", "price": 0.2}, {"start": "2026-11-25T01:00Z", "price": "low"}]},
        {"prices": [{"start": "2026-11-25T01:00Z", "price": True}, {"hour": 3, "price": 0.2}, 5, None]},
        {"prices": {"a": {"b": {"c": {"d": {"e": [{"start": "2026-11-25T01:00Z", "price": 0.2}]}}}}}},
        {"consumption": [{"from": "2026-11-25T01:00Z", "value": 3.0}]},
        {"lowest_price_today": {"start": "2026-11-25T01:00Z", "price": 0.2}},
    ],
)  # fmt: skip
def test_what_is_no_list_of_prices_is_none(told: dict[str, Any]) -> None:
    assert read(told) == []


def test_a_hole_in_the_numbers_of_a_day_stays_one() -> None:
    told = read({"tomorrow": [None, *[0.2] * 23]})
    assert (told[0], len(told)) == (("26 01:00", 60, 0.2), 23)
