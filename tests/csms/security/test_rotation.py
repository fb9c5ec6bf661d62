"""A station gets another password, whatever it answers, and is never locked out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import Commands, Remote, Write
from custom_components.ocpp_home.csms.model.errors import Invalid, OcppError, Offline, Refused, Unanswered, Unsupported
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.security.password import Hashed, generate
from custom_components.ocpp_home.csms.security.rotation import is_password, rotate, written

NEW = generate()
TEXT = "sixteen-letters."


@dataclass
class Book:
    """What happened, in its order."""

    entries: list[str] = field(default_factory=list)
    outcome: OcppError | None = None
    reboot_required: bool = False

    async def offer(self, password: str) -> None:
        self.entries.append(f"offer {password}")

    async def adopt(self) -> None:
        self.entries.append("adopt")

    async def withdraw(self) -> None:
        self.entries.append("withdraw")

    async def read(self, names: Sequence[str] = ()) -> list[Variable]:
        raise NotImplementedError

    async def write(self, name: str, value: str) -> Write:
        self.entries.append(f"{name} = {value}")
        if self.outcome is not None:
            raise self.outcome
        return Write(Variable(VariableKey("", name), None), self.reboot_required)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture(params=["1.6", "2.0.1", "2.1"])
def station(ledger: Ledger, book: Book, request: pytest.FixtureRequest) -> Station:
    station = Station("CP1", ledger)
    station.connect(request.param, Commands(cast("Remote", None), book))
    return station


def sent(station: Station, value: str = NEW) -> str:
    name = "AuthorizationKey" if station.version == "1.6" else "SecurityCtrlr.BasicAuthPassword"
    return f"{name} = {value}"


async def test_it_is_known_before_it_is_sent_and_the_old_one_ends_when_the_station_accepts(
    station: Station, book: Book
) -> None:
    """A01.FR.02, A01.FR.03."""
    assert await rotate(station, NEW, book)
    assert book.entries == [f"offer {NEW}", sent(station), "adopt"]


@pytest.mark.parametrize("outcome", [Refused("Rejected"), Unsupported("NotSupported"), Invalid("too long")])
async def test_a_station_that_does_not_take_it_keeps_the_old_one(
    station: Station, book: Book, outcome: OcppError
) -> None:
    """A01.FR.04."""
    book.outcome = outcome
    with pytest.raises(type(outcome)):
        await rotate(station, NEW, book)
    assert book.entries == [f"offer {NEW}", sent(station), "withdraw"]


@pytest.mark.parametrize("outcome", [Unanswered("30 s"), Offline("it went")])
async def test_after_silence_both_are_known(station: Station, book: Book, outcome: OcppError) -> None:
    book.outcome = outcome
    with pytest.raises(type(outcome)):
        await rotate(station, NEW, book)
    assert book.entries == [f"offer {NEW}", sent(station)]


async def test_until_a_reboot_both_are_known(station: Station, book: Book) -> None:
    book.reboot_required = True
    assert not await rotate(station, NEW, book)
    assert book.entries == [f"offer {NEW}", sent(station)]


async def test_a_station_that_is_away_is_told_nothing(station: Station, book: Book) -> None:
    station.disconnect()
    with pytest.raises(Offline):
        await rotate(station, NEW, book)
    assert book.entries == []


async def test_what_a_station_cannot_hold_is_not_sent(station: Station, book: Book) -> None:
    for password in ("zu kurz", "with blanks, which no station takes", "x" * 41):
        with pytest.raises(Invalid):
            await rotate(station, password, book)
    assert book.entries == []


async def test_what_somebody_has_spelled_is_told_as_it_is(station: Station, book: Book) -> None:
    assert await rotate(station, "with blanks in it", book, spelled=True)
    assert book.entries == ["offer with blanks in it", sent(station, "with blanks in it"), "adopt"]


@pytest.mark.parametrize(
    ("variable", "password"),
    [
        ("AuthorizationKey", True),
        ("authorizationkey", True),
        ("securityctrlr.basicauthpassword", True),
        ("SecurityProfile", False),
        ("NetworkConfiguration[1].BasicAuthPassword", False),
    ],
)
def test_the_variables_of_passwords_are_known(variable: str, password: bool) -> None:
    assert is_password(variable) is password


async def test_a_text_is_told_to_a_station_of_1_6_as_digits_and_is_the_same_password(
    station: Station, book: Book
) -> None:
    await rotate(station, TEXT, book)
    value = TEXT.encode().hex() if station.version == "1.6" else TEXT
    assert book.entries[:2] == [f"offer {TEXT}", sent(station, value)]
    assert Hashed.of(TEXT).matches(value.encode())


@pytest.mark.parametrize(
    ("password", "value"),
    [
        (NEW, NEW),
        (NEW.upper(), NEW.upper()),
        ("0123456789abcdef", "0123456789abcdef"),
        ("0123456789abcdefg", b"0123456789abcdefg".hex()),
        ("x" * 20, "78" * 20),
        ("x" * 21, "x" * 21),
    ],
    ids=["generated", "in capitals", "digits", "an odd text", "20 bytes", "21 bytes"],
)
def test_1_6_knows_digits_of_up_to_20_bytes(password: str, value: str) -> None:
    assert written(password) == value
    assert Hashed.of(password).matches(value.encode())
