"""Passwords that are on their way to one station at the same time."""

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
import pytest

from custom_components.ocpp_home.credentials import Keeper
from custom_components.ocpp_home.csms.security.password import Hashed

from .home import Home

OLD, FIRST, SECOND = "old-old-old-old-old", "first-first-first-1", "second-second-second"


def good(home: Home) -> list[str]:
    """Which of the passwords let the garage in."""
    known = [Hashed.restored(one) for one in home.hub.vault.password("Garage")]
    return [one for one in (OLD, FIRST, SECOND) if any(hashed.matches(one.encode()) for hashed in known)]


async def two(home: Home) -> tuple[Keeper, Keeper]:
    """Offer two passwords, the second before the first has been answered."""
    await home.hub.credentials.assign("Garage", OLD)
    first, second = Keeper(home.hub.credentials, "Garage"), Keeper(home.hub.credentials, "Garage")
    await first.offer(FIRST)
    await second.offer(SECOND)
    assert good(home) == [OLD, FIRST, SECOND]
    return first, second


async def test_what_is_accepted_is_good_whatever_was_offered_after_it(home: Home) -> None:
    first, second = await two(home)
    await first.adopt()
    assert good(home) == [FIRST, SECOND]
    await second.withdraw()
    assert good(home) == [FIRST]


async def test_what_is_refused_is_gone_and_nothing_else(home: Home) -> None:
    first, second = await two(home)
    await first.withdraw()
    assert good(home) == [OLD, SECOND]
    await second.adopt()
    assert good(home) == [SECOND]


async def test_what_the_owner_has_replaced_meanwhile_is_not_brought_back(home: Home) -> None:
    first, second = await two(home)
    await home.hub.credentials.assign("Garage", OLD)
    await first.adopt()
    await second.withdraw()
    assert good(home) == [OLD]


async def test_a_station_is_given_no_password_that_the_disk_does_not_take(home: Home) -> None:
    await home.hub.credentials.assign("Garage", OLD)
    write = Store._async_write_data  # noqa: SLF001 - where the disk is full

    async def full(store: Store[dict[str, object]], data: dict[str, object]) -> None:
        if store.key.endswith(home.hub.entry.entry_id):
            raise WriteError("No space left on device")
        await write(store, data)

    async with home.station() as station:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Store, "_async_write_data", full)
            with pytest.raises(HomeAssistantError, match="the disk"):
                await home.do("rotate_password")
        assert station.credentials.password is None
    (known,) = home.hub.credentials.passwords("Garage")
    assert known.matches(OLD.encode())
