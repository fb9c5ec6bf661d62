"""What energy costs, and how much of it comes from the sun: series of what holds from a moment until the next.

Money is whole micro-units (millionths of the currency), never a binary fraction.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

MICRO: Final = 1_000_000
WHOLE: Final = 1000
"""A share of the sun of 1."""
WITHOUT: Final = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
        *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
"""Currencies whose amounts have no decimals (ISO 4217)."""
THREE: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies whose amounts have three."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a kWh costs from `at` (UTC) on; `per_kwh` is in micro-units, None where nobody knows the price."""

    at: datetime
    currency: str
    per_kwh: int | None
    source: str = ""
    """Where it was told: an entity, the settings."""

    @classmethod
    def of(cls, at: datetime, currency: str, per_kwh: Decimal | float | str, source: str = "") -> Price:
        """The price of a number as people write it: 0.2899 EUR; raises ValueError for what is no number."""
        told = Decimal(str(per_kwh)) if not isinstance(per_kwh, Decimal) else per_kwh
        if not told.is_finite():
            raise ValueError(f"{per_kwh} is no price")
        return cls(at, currency, int((told * MICRO).to_integral_value(ROUND_HALF_UP)), source)


@dataclass(frozen=True, slots=True)
class Pricing:
    """What the household says of prices, and what of it stations hear."""

    price: Price | None = None
    """What holds now; None where nobody tells prices."""
    tell: bool = True
    """Whether stations that show it hear what a session costs."""
    post: bool = False
    """Whether the price itself is set on stations that have a place for it."""


@dataclass(frozen=True, slots=True)
class Share:
    """From `at` (UTC) on so much of what an EVSE takes comes from the sun, in thousandths; None where nobody knows."""

    at: datetime
    share: int | None


def digits(currency: str) -> int:
    """How many decimals amounts of a currency have."""
    return 0 if currency.upper() in WITHOUT else 3 if currency.upper() in THREE else 2


def smallest(currency: str) -> int:
    """The smallest amount of a currency that is paid, in micro-units: a cent is 10 000."""
    return {0: MICRO, 2: MICRO // 100, 3: MICRO // 1000}[digits(currency)]


def worded(price: Price) -> str:
    """A known price as drivers read it: 0.30 EUR/kWh, with as many decimals as it has."""
    told = (Decimal(price.per_kwh or 0) / MICRO).normalize()
    exact = max(digits(price.currency), -int(told.as_tuple().exponent))
    return f"{told:.{exact}f} {price.currency}/kWh"


def amount(micro: int, currency: str) -> Decimal:
    """An amount of money as people write it: 12.30 EUR; one that is not yet rounded keeps what it has."""
    return (Decimal(micro) / MICRO).quantize(Decimal(1).scaleb(-digits(currency)), ROUND_HALF_UP)
