"""Names of variables, as they are sent and as they are read."""

import pytest

from custom_components.ocpp_home.csms.model.variable import VariableKey
from custom_components.ocpp_home.csms.v2 import keys
from tests.csms.peer import Payload


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            VariableKey("ChargingStation", "Problem"),
            {"component": {"name": "ChargingStation"}, "variable": {"name": "Problem"}},
        ),
        (
            VariableKey("EVSE", "Power", 2),
            {"component": {"name": "EVSE", "evse": {"id": 2}}, "variable": {"name": "Power"}},
        ),
        (
            VariableKey("Connector", "ACCurrent", 1, 2, instance="L1", component_instance="left"),
            {
                "component": {"name": "Connector", "instance": "left", "evse": {"id": 1, "connectorId": 2}},
                "variable": {"name": "ACCurrent", "instance": "L1"},
            },
        ),
    ],
)
def test_a_variable_is_written_and_read(key: VariableKey, words: Payload) -> None:
    assert keys.both(key) == words
    assert keys.read(words) == key


def test_a_whole_component_has_no_variable() -> None:
    assert keys.both(VariableKey("EVSE", "")) == {"component": {"name": "EVSE"}}


@pytest.mark.parametrize("odd", [{}, {"component": "EVSE", "variable": None}])
def test_odd_names_are_empty(odd: Payload) -> None:
    assert keys.read(odd) == VariableKey("", "")
