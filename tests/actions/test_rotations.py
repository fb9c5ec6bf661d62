"""Passwords that are on their way to one station at the same time."""

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
