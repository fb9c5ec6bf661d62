"""A limit as it is handed to whoever writes it."""

from datetime import timedelta

from custom_components.ocpp_home.csms.dialogue.pen import Limit
from custom_components.ocpp_home.csms.dialogue.ways import DEFAULT, Method
from custom_components.ocpp_home.csms.model.evse import Evse


def test_a_limit_holds_until_it_is_replaced_unless_it_has_a_lease() -> None:
    evse = Evse(1)
    assert Limit(evse, Method(DEFAULT), 10).lease is None
    assert Limit(evse, Method(DEFAULT), 10, timedelta(seconds=120)).lease == timedelta(seconds=120)
