"""A certificate names its station by its serial number."""

import pytest

from custom_components.ocpp_home.csms.model.serial import named


@pytest.mark.parametrize(
    ("common_name", "serial", "contained"),
    [
        ("4711", "4711", True),
        ("acme-4711", "4711", True),
        ("acme_4711.home", "4711", True),
        ("acme:47-11", "47-11", True),
        ("acme-ab12", "AB12", True),
        ("ACME-AB12", "ab12", True),
        ("14711", "4711", False),
        ("47110", "4711", False),
        ("4711", "1", False),
        ("4711", "", False),
        ("aXb", "a.b", False),
    ],
)
def test_a_serial_number_is_contained_as_a_word(common_name: str, serial: str, contained: bool) -> None:
    assert named(serial, common_name) is contained
