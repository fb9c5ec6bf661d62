"""What a variable of 2.x is, from what its station says."""

from dataclasses import replace

import pytest

from custom_components.ocpp_home.csms.model.configuration_keys import NATURAL, Group, Natural, Nature
from custom_components.ocpp_home.csms.model.standard_variables import STANDARD, TWINS, nature_of, secret, standard
from custom_components.ocpp_home.csms.model.variable import Traits, Variable, VariableKey

COLOUR = VariableKey("CustomizationCtrlr", "VendorLedColour")
CLOCK = VariableKey("ClockCtrlr", "DateTime")


def said(key: VariableKey, kind: str, *values: str, unit: str = "", **more: float) -> Variable:
    """A variable with its characteristics."""
    return Variable(key, "1", unit=unit, traits=Traits(kind, values=values, **more))


@pytest.mark.parametrize(
    ("kind", "values", "nature"),
    [
        ("boolean", (), Nature.BOOLEAN),
        ("integer", (), Nature.INTEGER),
        ("decimal", (), Nature.DECIMAL),
        ("OptionList", ("red", "green"), Nature.CHOICE),
        ("OptionList", (), Nature.TEXT),
        ("MemberList", ("a", "b"), Nature.LIST),
        ("SequenceList", (), Nature.LIST),
        ("string", (), Nature.TEXT),
    ],
)
def test_a_variable_of_a_vendor_is_what_the_station_says(kind: str, values: tuple[str, ...], nature: Nature) -> None:
    assert nature_of(said(COLOUR, kind, *values)) == Natural(
        "VendorLedColour", nature, Group.VENDOR, "CustomizationCtrlr", options=values
    )


def test_a_moment_is_looked_at_and_not_set() -> None:
    serviced = replace(said(VariableKey("Cabinet", "Serviced"), "dateTime"), readonly=True)
    assert nature_of(serviced) == Natural("Serviced", Nature.MOMENT, Group.VENDOR, "Cabinet", writable=False)
    assert nature_of(replace(said(CLOCK, "dateTime"), readonly=True)) is None


@pytest.mark.parametrize(
    "variable",
    [
        said(COLOUR, "dateTime"),
        said(CLOCK, "dateTime"),
        Variable(COLOUR, "green"),
        Variable(VariableKey("", "Led"), "1"),
    ],
)
def test_what_has_no_natural_type_is_nothing(variable: Variable) -> None:
    assert nature_of(variable) is None


@pytest.mark.parametrize(
    "key",
    [
        VariableKey("SecurityCtrlr", "BasicAuthPassword"),
        VariableKey("SecurityCtrlr", "Identity"),
        VariableKey("NetworkConfiguration", "OcppCsmsUrl", component_instance="1"),
        VariableKey("OCPPCommCtrlr", "NetworkConfigurationPriority"),
        VariableKey("WebPaymentsCtrlr", "SharedSecret"),
        VariableKey("ChargingStation", "Model"),
        VariableKey("Connector", "AvailabilityState", 1, 1),
        VariableKey("", "AuthorizationKey"),
    ],
)
def test_secrets_connections_and_what_is_told_otherwise_are_not_shown(key: VariableKey) -> None:
    assert nature_of(said(key, "string")) is None


def test_of_what_is_not_shown_passwords_are_not_even_kept() -> None:
    assert secret(VariableKey("SecurityCtrlr", "basicauthpassword"))
    assert secret(VariableKey("NetworkConfiguration", "SimPin", component_instance="2"))
    assert secret(VariableKey("WebPaymentsCtrlr", "SharedSecret"))
    assert not secret(VariableKey("AuthCtrlr", "MasterPassGroupId"))


def test_what_can_only_be_written_is_not_shown() -> None:
    assert nature_of(Variable(COLOUR, None, writeonly=True, traits=Traits("string"))) is None
    assert nature_of(said(VariableKey("Modem", "Model"), "string")) is not None


def test_a_key_of_1_6_is_the_same_thing_under_its_new_name() -> None:
    ping = nature_of(said(VariableKey("OCPPCommCtrlr", "WebSocketPingInterval"), "integer", unit="s", minimum=5))
    assert ping is not None
    assert (ping.fold, ping.minimum, ping.maximum, ping.unit) == (("", "websocketpinginterval", ""), 5, 3600, "s")
    attempts = standard(VariableKey("OCPPCommCtrlr", "MessageAttempts", instance="transactionevent"))
    assert attempts is not None
    assert attempts.name == "TransactionMessageAttempts"


def test_a_key_of_1_6_is_written_unless_the_station_says_otherwise() -> None:
    key = VariableKey("", "HeartbeatInterval")
    assert [nature_of(Variable(key, "1", readonly=readonly)).writable for readonly in (False, True)] == [True, False]  # type: ignore[union-attr] - a row of the table
    assert nature_of(Variable(VariableKey("", "NumberOfConnectors"), "1")).writable is False  # type: ignore[union-attr] - a row of the table


def test_a_standard_variable_is_known_without_what_the_station_says_of_it() -> None:
    key = VariableKey("TxCtrlr", "TxStartPoint")
    assert nature_of(Variable(key, "PowerPathClosed", readonly=True)) == Natural(
        "TxStartPoint", Nature.LIST, Group.TRANSACTION, "TxCtrlr", writable=False
    )


def test_the_same_name_at_an_evse_or_in_one_of_several_components_is_another_variable() -> None:
    assert standard(VariableKey("TxCtrlr", "TxStartPoint", 0)) is not None
    assert standard(VariableKey("TxCtrlr", "TxStartPoint", 1)) is None
    assert standard(VariableKey("TxCtrlr", "TxStartPoint", connector=1)) is None
    assert standard(VariableKey("TxCtrlr", "TxStartPoint", component_instance="left")) is None


def test_bounds_that_leave_nothing_are_none() -> None:
    found = nature_of(said(VariableKey("Led", "Level"), "integer", unit="Percent", minimum=9, maximum=3))
    assert found is not None
    assert (found.minimum, found.maximum, found.unit) == (None, None, "Percent")


def test_each_row_is_named_once_and_each_twin_is_a_key() -> None:
    folds = [row.fold for row in STANDARD] + [
        (key.component.casefold(), key.name.casefold(), key.instance.casefold()) for key in TWINS.values()
    ]
    assert len(set(folds)) == len(folds)
    assert set(TWINS) <= {row.name for row in NATURAL}
