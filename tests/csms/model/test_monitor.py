"""What is known of monitors."""

from custom_components.ocpp_home.csms.model.evse import Problem
from custom_components.ocpp_home.csms.model.monitor import Watch
from custom_components.ocpp_home.csms.model.variable import VariableKey


def test_what_has_been_wrong_the_longest_is_the_problem() -> None:
    watch = Watch()
    for name, evse in (("Problem", 1), ("Tripped", 0), ("Overload", 1)):
        watch.troubles[VariableKey("EVSE", name, evse or None).fold] = (evse, Problem(name))
    assert watch.problem(1) == Problem("Problem")
    assert watch.problem(0) == Problem("Tripped")
    assert watch.problem(2) is None
