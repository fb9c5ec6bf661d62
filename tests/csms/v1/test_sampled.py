"""How OCPP 1.6 writes a sampled value."""

from custom_components.ocpp_home.csms.model.meter import Location, Phase, Quantity, Reading
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v1.sampled import readings
from tests.csms.stage import NOW, ago


def test_all_words_of_a_sample_are_read(station: Station) -> None:
    sample = {
        "value": "7.4",
        "measurand": "Power.Active.Import",
        "phase": "L1",
        "location": "Inlet",
        "context": "Sample.Clock",
        "unit": "kW",
    }
    values = [{"timestamp": ago(0), "sampledValue": [sample]}]
    assert readings(station, values, NOW) == [
        Reading(Quantity.POWER, 7400, NOW, Phase.L1, Location.INLET, "Sample.Clock")
    ]


def test_a_signature_stands_beside_the_value_it_signs(station: Station) -> None:
    plain, signed = {"value": "1.5", "unit": "kWh"}, {"value": "0aff", "format": "SignedData"}
    [reading] = readings(station, [{"timestamp": ago(0), "sampledValue": [plain, signed]}], NOW)
    assert (reading.value, reading.signed) == (1500, "0aff")
