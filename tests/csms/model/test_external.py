"""What others have announced, and what of that is in force."""

from datetime import UTC, datetime, timedelta

from custom_components.ocpp_home.csms.model.external import Announced, External
from custom_components.ocpp_home.csms.model.limit import ExternalLimit

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LOW, HIGH = ExternalLimit("SO", 6), ExternalLimit("SO", 16)
EVENING = Announced(
    ((NOON + timedelta(hours=1), LOW), (NOON + timedelta(hours=2), HIGH), (NOON + timedelta(hours=3), None))
)


def after(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def test_a_limit_that_begins_later_is_not_in_force_before() -> None:
    external = External()
    assert not external.announce("SO", EVENING, NOON)
    assert external == {}
    assert external.sources == {"SO"}
    assert external.next(NOON) == after(1)
    assert external.turn(after(1))
    assert external == {"SO": LOW}
    assert not external.turn(after(1.5))
    assert external.turn(after(2))
    assert external == {"SO": HIGH}
    assert external.next(after(2)) == after(3)
    assert external.turn(after(3))
    assert external == {}
    assert (external.sources, external.next(after(3))) == (set(), None)


def test_who_announces_anew_takes_back_what_he_had_announced() -> None:
    external = External()
    external.announce("SO", EVENING, after(1))
    assert external.announce("SO", Announced(((after(5), HIGH),)), after(1))
    assert external == {}


def test_a_limit_is_released_before_and_while_it_is_in_force() -> None:
    external = External()
    external.announce("SO", EVENING, NOON)
    assert external.release("SO")
    assert not external.turn(after(1))
    external.announce("SO", EVENING, after(1))
    assert external.release("SO")
    assert external == {}
    assert not external.release("SO")


def test_a_limit_without_an_announcement_stays() -> None:
    external = External()
    external["EMS"] = HIGH
    assert not external.turn(NOON)
    assert external == {"EMS": HIGH}
