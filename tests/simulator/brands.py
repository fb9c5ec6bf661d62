"""Brands as sets of switches, as reported from the field: `Oddities(**BRANDS["ABB Terra AC"])`."""

from collections.abc import Mapping
from typing import Any

from .hardware import Hardware, Identity
from .oddities import Oddities

type Switches = Mapping[str, Any]

REFUSED = "NotSupported"

BRANDS: Mapping[str, Switches] = {
    "ABB Terra AC": {
        "reboots_on_reading": frozenset({"MeterValuesSampledData"}),
        "stack_level_zero_only": True,
        "only": frozenset(
            {"Current.Import", "Current.Offered", "Energy.Active.Import.Register", "Power.Active.Import", "Voltage"}
        ),
    },
    "Wallbox fw 6": {"kinds": frozenset({"Relative"}), "samples_connector": 0},
    "Wallbox fw 5": {"stack_level_zero_only": True},
    "Wallbox Pulsar": {"register_zero_every": 7},
    "Wallbox free mode": {"starts_by_itself": "Wallbox", "stop_transaction_id": 0},
    "Timxon A0": {
        "refuses_profiles": {"ChargePointMaxProfile": REFUSED, "TxProfile": REFUSED},
        "silent_kinds": frozenset({"Absolute"}),
    },
    "Grizzl-E 3.09": {"ignores_profiles": frozenset({"ChargePointMaxProfile"})},
    "Grizzl-E 5": {
        "subprotocols": (),
        "truncates_results": True,
        "reboots_on_reading": frozenset({"unknown"}),
        "key_answers": {"WebSocketPingInterval": REFUSED},
        "session_register": True,
    },
    "Grizzl-E export": {"import_as_export": True},
    "Growatt THOR": {
        "mixed_contexts": True,
        "missing_keys": frozenset(
            {"ChargingScheduleAllowedChargingRateUnit", "ChargeProfileMaxStackLevel", "SupportedFeatureProfiles"}
        ),
        "local_time": 8.0,
    },
    "Huawei FusionCharge": {
        "units": frozenset({"W"}),
        "key_values": {"ChargingScheduleAllowedChargingRateUnit": "power"},
        "meter_value_object": True,
        "zero_blocks_starts": True,
        "stops_below_minimum": True,
        "meter_stop_short": 1,
    },
    "Vestel EVC04": {"empty_samples": True},
    "Alfen Eve": {"unit_names": {"Celsius": "Celcius"}, "kwh": True, "extra_fields": {"vendor": "alfen"}},
    "Etrel Inch": {"stop_transaction_id": -1},
    "EN+ Caro": {
        "answers_pings": False,
        "answers": {"ChangeAvailability": {"status": "Rejected"}},
        "stops_below_minimum": True,
    },
    "SyncEV": {
        "missing_keys": frozenset({"SupportedFeatureProfiles"}),
        "never_answers": frozenset({"ChangeAvailability"}),
        "answer_delay": 4.5,
        "periodic_values": False,
    },
    "StarCharge": {"closes_on": frozenset({"TriggerMessage"}), "answer_delay": 1.0},
    "ZJ Beny": {"path": "///{id}", "closes_on": frozenset({"SetChargingProfile"})},
    "Simpson & Partners": {"answers": {"RemoteStartTransaction": "TypeConstraintViolation"}},
    "Sigen": {"stop_tag": "0123456789012345678-x", "same_id_on_retry": True},
    "Schneider EVlink": {
        "refuses_profiles": dict.fromkeys(("ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"), "Rejected")
    },
    "Fronius Wattpilot": {"key_answers": {"*": "Rejected"}},
    "Morek": {"read_only_keys": frozenset({"ClockAlignedDataInterval"})},
    "Entratek": {"missing_keys": frozenset({"ChargingScheduleAllowedChargingRateUnit"}), "units": frozenset({"A"})},
    "Mennekes": {"answer_delay": 12.0, "key_answers": {"*": "RebootRequired"}},
    "NEcharge": {"steps": (6.0, 8.0, 10.0, 13.0, 16.0), "stops_below_minimum": True},
    "go-e": {"resumes_unlimited": True, "ignores_phases": True},
    "Autel MaxiCharger": {"max_profile_not_relative": True},
    "OpenEVSE": {"numeric_values": True},
    "ELEDIO": {"padded_values": True, "extra_fields": {"connectorId": 1}, "starts_by_itself": "FREE"},
    "Wallbe Pro": {"nul_bytes": True},
    "Legrand GreenUp": {"error_code": "Error", "whole_amps_only": True},
    "MicroOcpp": {"starts_again": "new id", "clock_starts_1970": True},
    "MicroOcpp 0.2": {"starts_again": "same id"},
    "libocpp": {"stops_twice": True},
    "Chago": {"local_time_as_utc": 2.0},
    "boots all the time": {"boots_every": 10.0, "boots_on_every_connection": True},
    "lower case": {"lower_case_keys": True, "no_unit": True, "short_errors": True, "null_payloads": True},
}


def brand(name: str) -> Oddities:
    """The switches of a brand; KeyError for an unknown one."""
    return Oddities(**BRANDS[name])


def hardware(name: str, **build: Any) -> Hardware:
    """A station that introduces itself as the brand."""
    vendor, _, model = name.partition(" ")
    return Hardware(identity=Identity(vendor=vendor[:20], model=(model or vendor)[:20]), **build)
