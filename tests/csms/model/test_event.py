"""Events and notices are values."""

from datetime import UTC, datetime

from custom_components.ocpp_home.csms.model.event import Event, Kind, Notice


def test_an_event_is_of_the_station_and_live_unless_said() -> None:
    event = Event(Kind.BOOT, datetime(2026, 11, 24, tzinfo=UTC))
    assert (event.evse, event.data, event.live) == (0, {}, True)


def test_equal_notices_are_one() -> None:
    assert Notice("limit_refused", 1, {"limit": "10"}) == Notice("limit_refused", 1, {"limit": "10"})
