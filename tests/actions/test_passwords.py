"""Passwords that are set and changed by actions."""

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.ocpp_home.csms.security.password import Hashed
from tests.household import VERSIONS, until
from tests.simulator import Oddities

from .home import Home

OWN = "sixteen-letters."


def kept(home: Home) -> tuple[Hashed, ...]:
    """By which passwords the garage is let in."""
    return home.hub.credentials.passwords("GARAGE")


async def test_a_password_that_was_given_is_the_only_one_and_is_on_disk(home: Home) -> None:
    answer = await home.do("set_password", password=OWN)
    assert answer == {"GARAGE": {"password": OWN, "sent": False, "in_use": False}}
    (hashed,) = kept(home)
    assert hashed.matches(OWN.encode())
    assert [Hashed.restored(one) for one in home.hub.vault.password("garage")] == [hashed]


async def test_without_one_a_password_is_generated(home: Home) -> None:
    answer = await home.do("set_password")
    assert answer is not None
    password = answer["GARAGE"]["password"]  # type: ignore[index, call-overload]  # the response is what it is
    assert len(str(password)) == 40
    assert kept(home)[0].matches(str(password).encode())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("action", ["set_password", "rotate_password"])
async def test_a_station_that_is_there_is_given_it(home: Home, version: str, action: str) -> None:
    async with home.station(version=version) as station:
        station.redial = 0.01
        answer = await home.do(action)
        assert answer is not None
        outcome = dict(answer["GARAGE"])  # type: ignore[arg-type]  # the response is what it is
        password = outcome.pop("password")
        assert isinstance(password, str)
        assert outcome == {"sent": True, "in_use": True}
        assert station.credentials.password == (bytes.fromhex(password) if version == "1.6" else password)
        (hashed,) = kept(home)
        assert hashed.matches(password.encode())
        await until(lambda: home.hub.stations["garage"].connected)
        assert not station.violations


@pytest.mark.parametrize(
    ("version", "action", "fields"),
    [
        ("1.6", "set_configuration", {"key": "AuthorizationKey"}),
        ("1.6", "set_variable", {"variable": "authorizationKey"}),
        ("2.0.1", "set_variable", {"variable": "SecurityCtrlr.BasicAuthPassword"}),
        ("2.1", "set_configuration", {"key": "SecurityCtrlr.BasicAuthPassword"}),
    ],
)
async def test_a_password_that_is_written_as_a_variable_is_known_as_well(
    home: Home, version: str, action: str, fields: dict[str, str]
) -> None:
    async with home.station(version=version) as station:
        station.redial = 0.01
        assert await home.do(action, **fields, value=OWN) == {"GARAGE": {"reboot_required": False}}
        assert station.credentials.password == OWN
        assert [one.matches(OWN.encode()) for one in kept(home)] == [True]


async def test_a_station_that_is_there_need_not_be_told(home: Home) -> None:
    async with home.station() as station:
        answer = await home.do("set_password", password=OWN, send=False)
        assert answer == {"GARAGE": {"password": OWN, "sent": False, "in_use": False}}
        assert station.credentials.password is None


async def test_a_station_that_is_away_cannot_rotate_its_password(home: Home) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await home.do("rotate_password")
    assert raised.value.translation_key == "offline"
    assert kept(home) == ()


async def test_a_station_that_refuses_keeps_its_password_and_is_still_let_in(home: Home) -> None:
    """A01.FR.05."""
    await home.do("set_password", password=OWN)
    before = kept(home)
    async with home.station(oddities=Oddities(key_answers={"AuthorizationKey": "Rejected"})):
        with pytest.raises(HomeAssistantError) as raised:
            await home.do("rotate_password")
        assert raised.value.translation_key == "refused"
        assert home.hub.stations["garage"].connected
    assert kept(home) == before


async def test_a_password_no_station_could_hold_is_an_error(home: Home) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await home.do("set_password", password="short")
    assert raised.value.translation_key == "password_unusable"
    assert kept(home) == ()
