"""A reservation is a value."""

from datetime import UTC, datetime

from custom_components.ocpp_home.csms.model.reservation import Reservation


def test_a_reservation_has_no_group_unless_said() -> None:
    until = datetime(2026, 11, 24, 18, tzinfo=UTC)
    assert Reservation(3, 1, "CARD", until) == Reservation(3, 1, "CARD", until, None)
