"""What is known of monitors."""

from custom_components.ocpp_home.csms.model.evse import Problem
from custom_components.ocpp_home.csms.model.monitor import MOST, TROUBLES, Monitor, Watch
from custom_components.ocpp_home.csms.model.variable import VariableKey


def test_what_has_been_wrong_the_longest_is_the_problem() -> None:
    watch = Watch()
    for name, evse in (("Problem", 1), ("Tripped", 0), ("Overload", 1)):
        watch.troubles[VariableKey("EVSE", name, evse or None).fold] = (evse, Problem(name))
    assert watch.problem(1) == Problem("Problem")
    assert watch.problem(0) == Problem("Tripped")
    assert watch.problem(2) is None


def test_no_more_monitors_are_noted_than_a_station_can_have() -> None:
    watch = Watch()
    monitors = [Monitor(VariableKey("EVSE", f"V{number}"), "Delta", 1, 4, id=number) for number in range(MOST + 1)]
    assert [watch.note(monitor) for monitor in monitors] == [*[True] * MOST, False]
    again = Monitor(VariableKey("EVSE", "Other"), "Delta", 1, 4, id=0)
    assert watch.note(again)
    assert (len(watch.monitors), watch.monitors[0]) == (MOST, again)


def test_no_more_troubles_are_noted_than_there_can_be_at_once() -> None:
    watch = Watch()
    folds = [VariableKey("EVSE", f"V{number}").fold for number in range(TROUBLES + 1)]
    assert [watch.trouble(fold, 0, Problem("Problem")) for fold in folds] == [*[True] * TROUBLES, False]
    assert watch.trouble(folds[0], 1, Problem("Other"))
    assert (len(watch.troubles), watch.problem(1)) == (TROUBLES, Problem("Other"))
