"""What a car has told."""

from datetime import UTC, datetime

from custom_components.ocpp_home.csms.model.needs import Needs


def test_what_a_car_did_not_tell_is_not_known() -> None:
    needs = Needs("DC", datetime(2026, 6, 1, tzinfo=UTC))
    told = (needs.departure, needs.energy, needs.minimum, needs.maximum, needs.power, needs.state_of_charge)
    assert told == (None,) * 6
    assert needs.capacity is None
