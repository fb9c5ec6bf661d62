"""What a session may come to: wishes against what the station was told and says (OCPP 2.1 ed. 1 - E16)."""

import pytest

from custom_components.ocpp_home.csms.model.session_limit import LIFTED, NO_LIMIT, SessionLimit, SessionLimits

ALL = frozenset({"cost", "energy", "time", "soc"})


def energy(value: float | None) -> SessionLimit:
    return SessionLimit(energy=value)


def test_limits_are_changed_one_by_one() -> None:
    before = SessionLimit(cost=5, energy=1000, time=60)
    assert before.with_(SessionLimit(energy=0, soc=80)) == SessionLimit(5, 0, 60, 80)
    assert before.given == {"cost": 5, "energy": 1000, "time": 60}
    assert NO_LIMIT.given == {}


@pytest.mark.parametrize(
    ("wished", "sent", "reported", "due"),
    [
        (None, None, None, None),
        (1000, None, None, 1000),
        (1000, 1000, None, None),
        (1000, 1000, 1000, None),
        (2000, 1000, 1000, 2000),
        (500, 1000, 1000, 500),
        (None, 1000, 1000, LIFTED.energy),
        (None, LIFTED.energy, LIFTED.energy, None),
        (1000, None, 500, None),
        (1000, None, 1000, None),
        (1000, None, 1500, 1000),
        (2000, 1000, 500, None),
        (400, 1000, 500, 400),
        (None, 1000, 500, None),
        (None, None, 500, None),
    ],
)
def test_the_station_is_told_what_is_new_unless_its_own_limit_is_lower(
    wished: float | None, sent: float | None, reported: float | None, due: float | None
) -> None:
    """E16.FR.02, E16.FR.07, E16.FR.08, E16.FR.17."""
    limits = SessionLimits(energy(wished), energy(sent), None, energy(reported))
    assert limits.due(ALL) == energy(due)


def test_only_what_the_station_supports_is_due() -> None:
    """E16.FR.12."""
    limits = SessionLimits(SessionLimit(5, 1000, 60, 80))
    assert limits.due(frozenset({"time", "soc"})) == SessionLimit(time=60, soc=80)
    assert limits.due(frozenset()) == NO_LIMIT
