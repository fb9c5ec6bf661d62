"""What only a station of OCPP 2.x can do, one Protocol per functional block; documents are in its version's own words.

As in `commands.py` every method raises an `OcppError` when the station does not do what was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from .price import Price, Pricing
from .session_limit import NO_LIMIT, SessionLimit
from .token import Token
from .transaction import Json

type Words = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class InstalledProfile:
    """A charging profile as the station reports it; EVSE 0 is the station, `source` who has set it."""

    id: int
    evse: int
    source: str
    profile: Words


@dataclass(frozen=True, slots=True)
class DisplayMessage:
    """What a station shows; `priority` is AlwaysFront, InFront or NormalCycle, None for a state or time is always."""

    id: int
    text: str
    priority: str = "NormalCycle"
    format: str = "UTF8"
    language: str | None = None
    state: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    transaction: str | None = None


@dataclass(frozen=True, slots=True)
class TariffAssignment:
    """Where a tariff is installed: `kind` is DefaultTariff or DriverTariff."""

    tariff: str
    kind: str
    evses: tuple[int, ...] = ()
    tokens: tuple[str, ...] = ()
    begin: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What the address tells that a station shows to whoever wants to pay: where, and what it may come to (2.1)."""

    evse: int | None = None
    limit: SessionLimit = NO_LIMIT


class Priority(Protocol):
    """Charging as fast as a profile of purpose PriorityCharging allows (2.1)."""

    async def use(self, transaction: str, *, active: bool) -> None:
        """Begin or end priority charging of a transaction."""


class Displays(Protocol):
    """Messages on the display of a station."""

    async def show(self, message: DisplayMessage) -> None:
        """Show a message, or change the one of this id."""

    async def shown(
        self, ids: Sequence[int] = (), *, priority: str | None = None, state: str | None = None
    ) -> list[DisplayMessage]:
        """The messages that match."""

    async def clear(self, message: int) -> None:
        """Take a message away."""


class Costs(Protocol):
    """What a transaction costs, and what a kWh does, told to whoever stands before the station."""

    @property
    def shown(self) -> bool:
        """Whether the station says that it shows costs which are told to it."""

    @property
    def final(self) -> bool:
        """Whether the cost of a session that has ended is told in this way too."""

    async def cost(self, transaction: str, total: float) -> None:
        """Tell the driver what the transaction costs so far, or in all where it has ended."""

    async def greet(self, token: str, price: Price) -> None:
        """Tell whoever has shown a card what a kWh costs."""

    async def prepare(self, pricing: Pricing) -> None:
        """Bring the station's currency, and the price it has of its own, in line; what it has already is not sent."""


class Tariffs(Protocol):
    """Tariffs by which a station itself computes costs (2.1)."""

    async def set_default(self, evse: int, tariff: Words) -> None:
        """Install the tariff for everybody who has none of his own."""

    async def installed(self, evse: int = 0) -> list[TariffAssignment]:
        """The tariffs of an EVSE, 0 for all."""

    async def clear(self, tariffs: Sequence[str] = (), evse: int | None = None) -> None:
        """Remove tariffs, all without names."""

    async def change(self, transaction: str, tariff: Words) -> None:
        """Give a running transaction another tariff."""


class Grid(Protocol):
    """What a car or a station does for the grid: controls of a distributed energy resource (2.1)."""

    async def set_control(self, control: Words) -> tuple[str, ...]:
        """Install a control; gives the ids of those it takes the place of."""

    async def controls(self, kind: str | None = None, control: str | None = None) -> list[Words]:
        """The controls that are installed, as they are reported."""

    async def clear_control(self, *, default: bool, kind: str | None = None, control: str | None = None) -> None:
        """Remove controls."""

    async def signal(self, value: int, at: datetime) -> None:
        """Hand a signal of the grid's automatic frequency restoration on."""

    async def allow(self, transaction: str, transfers: Sequence[str]) -> None:
        """Tell in which ways energy may flow between car and station."""


class Payments(Protocol):
    """Paying at the station, and swapping batteries (2.1)."""

    async def offer_web_payment(self, template: str) -> None:
        """Let the station show an address, in which it fills in {chargingstationid}, {evse}, {totp} and {version}."""

    def visit(self, url: str) -> Visit:
        """What such an address tells; raises Invalid or Refused for one the station does not show just now."""

    async def web_payment_started(self, evse: int, timeout: int) -> None:
        """Tell that somebody is paying for an EVSE elsewhere; for `timeout` s it should wait for him."""

    async def swap_battery(self, token: Token) -> int:
        """Ask for a battery to be swapped; gives the number under which the swap is told."""


class Sessions(Protocol):
    """What a session may come to: in cost, energy, time or state of charge (2.1)."""

    @property
    def supported(self) -> frozenset[str]:
        """The fields of `SessionLimit` that the station holds to."""

    async def limit(self, transaction: str, limit: SessionLimit) -> None:
        """State the limits of a running session; those left out are lifted. `Station.session_limits` has what holds."""

    async def start(self, evse: int | None, token: Token, limit: SessionLimit, profile: Words | None = None) -> None:
        """Ask the station to begin a session with limits."""
