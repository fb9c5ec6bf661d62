"""How OCPP 2.x writes a sampled value."""

from typing import Any

import pytest

from custom_components.ocpp_home.csms.model.meter import Location, Phase, Quantity, Reading
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.sampled import readings
from tests.csms.stage import NOW, ago


def read(station: Station, *samples: dict[str, Any]) -> list[Reading]:
    return readings(station, [{"timestamp": ago(0), "sampledValue": list(samples)}], NOW)


def test_all_words_of_a_sample_are_read(station: Station) -> None:
    sample = {
        "value": 7.4,
        "measurand": "Power.Active.Import",
        "phase": "L1",
        "location": "Inlet",
        "context": "Sample.Clock",
        "unitOfMeasure": {"unit": "kW"},
    }
    assert read(station, sample) == [Reading(Quantity.POWER, 7400, NOW, Phase.L1, Location.INLET, "Sample.Clock")]


@pytest.mark.parametrize(
    ("unit", "value"),
    [(None, 5), ({}, 5), ({"multiplier": 3}, 5000), ({"unit": "kWh", "multiplier": -1}, 500), ("kWh", 5)],
)
def test_a_value_is_multiplied_by_the_power_of_ten_of_its_unit(station: Station, unit: object, value: float) -> None:
    [reading] = read(station, {"value": 5, "unitOfMeasure": unit})
    assert reading.value == pytest.approx(value)


def test_a_signature_is_kept_with_its_value(station: Station) -> None:
    signed = {"signedMeterData": "0aff", "signingMethod": "", "encodingMethod": "OCMF", "publicKey": ""}
    [reading] = read(station, {"value": 5, "signedMeterValue": signed})
    assert (reading.value, reading.signed) == (5, "0aff")
