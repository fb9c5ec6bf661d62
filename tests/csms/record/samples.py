"""Sessions, prices and sunshine to settle."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.ocpp_home.csms.model.account import Account, Day
from custom_components.ocpp_home.csms.model.price import Price, Share
from custom_components.ocpp_home.csms.model.transaction import Transaction
from custom_components.ocpp_home.csms.record.session import Session

NOON: Final = datetime(2026, 10, 10, 12, tzinfo=UTC)
BERLIN: Final = ZoneInfo("Europe/Berlin")


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def transaction(*registers: tuple[float, float], **changes: object) -> Transaction:
    """One from noon until one o'clock, from 1 000 to 11 000 Wh, unless changed; registers by minute."""
    content: dict[str, object] = {
        **dict.fromkeys(("evse", "connector"), 1),
        "id": "7",
        "station": "garage",
        "token": "CARD",
        "started": NOON,
        "meter_start": 1000.0,
        "stopped": after(60),
        "meter_stop": 11000.0,
        "points": tuple((after(minute), value) for minute, value in registers),
        "stop_received": after(60),
    }
    return Transaction(**content | changes)


def running(*registers: tuple[float, float], **changes: object) -> Transaction:
    last = {"meter_last_at": after(registers[-1][0]), "meter_last": registers[-1][1]} if registers else {}
    return transaction(*registers, **{"stopped": None, "meter_stop": None, "stop_received": None, **last} | changes)


def price(minutes: float, per_kwh: str | None, currency: str = "EUR") -> Price:
    at = after(minutes)
    return Price(at, currency, None) if per_kwh is None else Price.of(at, currency, per_kwh, "tariff")


def share(minutes: float, thousandths: int | None) -> Share:
    return Share(after(minutes), thousandths)


def account(*days: tuple[int, int, int | None, int | None], currency: str | None = "EUR") -> Account:
    """One of days of October 2026: Wh, cents, Wh from the sun."""
    return Account(
        tuple(
            Day(NOON.date().replace(day=day), energy, None if cents is None else cents * 10_000, sun)
            for day, energy, cents, sun in days
        ),
        currency,
    )


def session(settled: Account | None, **changes: object) -> Session:
    signed = changes.pop("signed", 0)
    peak = changes.pop("peak", None)
    assert isinstance(signed, int)
    assert peak is None or isinstance(peak, float)
    return Session(transaction(**changes), settled, signed, peak)
