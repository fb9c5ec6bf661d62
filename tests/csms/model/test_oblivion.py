"""Whom a station is to forget: now, when it returns, or never."""

from dataclasses import dataclass, field

import pytest

from custom_components.ocpp_home.csms.ledger.ledger import Ledger
from custom_components.ocpp_home.csms.model import oblivion
from custom_components.ocpp_home.csms.model.commands import Commands, CustomerReference
from custom_components.ocpp_home.csms.model.errors import OcppError, Refused, Unsupported
from custom_components.ocpp_home.csms.model.oblivion import Outcome
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token, TokenType

FOB = Token("04A2B3C4", TokenType.ISO14443)
CAR = Token("AA:BB", TokenType.MAC_ADDRESS)


@dataclass
class Forgetful:
    """A peer that forgets whom it is told to, unless it has a reason not to."""

    reason: OcppError | None = None
    told: list[tuple[Token | None, bool, bool]] = field(default_factory=list)

    async def information(self, who: CustomerReference, *, report: bool = True, clear: bool = False) -> str:
        if self.reason is not None:
            raise self.reason
        self.told.append((who.token, report, clear))
        return ""


def connect(station: Station, customer: Forgetful | None) -> None:
    """The station is there, and may know customers."""
    station.connect("2.0.1", Commands(None, None, customer=customer))  # type: ignore[arg-type]  # asked nothing else


def test_nobody_is_to_be_forgotten_at_first(station: Station) -> None:
    assert oblivion.waiting(station) == []


def test_whom_to_forget_is_noted_once_and_over_restarts(station: Station, ledger: Ledger) -> None:
    oblivion.ask(station, [FOB])
    oblivion.ask(station, [CAR, Token("04a2b3c4")])
    assert [token.key for token in oblivion.waiting(Station("CP1", ledger))] == [FOB.key, CAR.key]


async def test_a_station_that_is_there_forgets(station: Station) -> None:
    customer = Forgetful()
    connect(station, customer)
    oblivion.ask(station, [FOB, CAR])
    assert await oblivion.forget(station) is Outcome.FORGOTTEN
    assert customer.told == [(FOB, False, True), (CAR, False, True)]
    assert station.ledger.recall("CP1", oblivion.FACT) is None


@pytest.mark.parametrize("reason", [Refused("Rejected"), None])
async def test_a_station_that_is_away_or_does_not_forget_is_asked_again(
    station: Station, reason: OcppError | None
) -> None:
    customer = Forgetful(reason)
    if reason is not None:
        connect(station, customer)
    oblivion.ask(station, [FOB])
    assert await oblivion.forget(station) is Outcome.WAITS
    assert oblivion.waiting(station) == [FOB]
    customer.reason = None
    connect(station, customer)
    assert await oblivion.forget(station) is Outcome.FORGOTTEN
    assert oblivion.waiting(station) == []


@pytest.mark.parametrize("customer", [None, Forgetful(Unsupported("CustomerInformation"))])
async def test_of_a_station_that_cannot_forget_nothing_is_noted(station: Station, customer: Forgetful | None) -> None:
    connect(station, customer)
    oblivion.ask(station, [FOB])
    assert await oblivion.forget(station) is Outcome.NOT_SUPPORTED
    assert oblivion.waiting(station) == []
