"""What kind of value a key has."""

import pytest

from custom_components.ocpp_home.csms.model.configuration_keys import NATURAL, Group, Natural, Nature, natural


def test_a_key_is_found_in_any_spelling() -> None:
    row = natural("HEARTBEATINTERVAL")
    assert row is not None
    assert row.name == "HeartbeatInterval"
    assert natural("VendorLedColour") is None
    assert natural("HeartbeatInterval", "Vendor") is None


@pytest.mark.parametrize(
    "row",
    [
        Natural("LocalPreAuthorize", Nature.BOOLEAN, Group.AUTHORIZATION),
        Natural("LightIntensity", Nature.INTEGER, Group.HARDWARE, common=True, unit="%", minimum=0, maximum=100),
        Natural("NumberOfConnectors", Nature.INTEGER, Group.CAPABILITY, writable=False),
        Natural("SecurityProfile", Nature.INTEGER, Group.SECURITY, minimum=0, maximum=3),
        Natural("AuthorizationKey", Nature.SECRET, Group.SECURITY),
        Natural("CpoName", Nature.TEXT, Group.SECURITY),
        Natural("BlinkRepeat", Nature.INTEGER, Group.HARDWARE, minimum=0, maximum=255),
    ],
)
def test_a_key_has_its_nature(row: Natural) -> None:
    assert natural(row.name) == row


def test_seconds_have_their_unit_and_an_end() -> None:
    row = natural("MeterValueSampleInterval")
    assert row is not None
    assert (row.unit, row.minimum, row.maximum, row.common) == ("s", 0, 3600, True)


def test_measurands_are_chosen_from_what_there_is() -> None:
    row = natural("MeterValuesSampledData")
    assert row is not None
    assert row.nature is Nature.LIST
    assert {"Power.Active.Import", "SoC", "Energy.Active.Import.Register"} <= set(row.options)


def test_every_key_is_named_once() -> None:
    assert len({row.fold for row in NATURAL}) == len(NATURAL)


def test_what_can_be_set_as_a_number_has_a_range() -> None:
    assert [
        row.name
        for row in NATURAL
        if row.nature is Nature.INTEGER and row.writable and None in (row.minimum, row.maximum)
    ] == []
