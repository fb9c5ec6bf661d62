"""Sampled values in every dress become readings in base units."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.sampled import (
    BEGIN,
    END,
    Sample,
    meaning_of,
    newest,
    readings as read,
    word,
)
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.meter import Location, Phase, Quantity, Reading
from custom_components.ocpp_home.csms.model.station import Station
from tests.csms.stage import NOW, ago, oddities


def sampling(sample: dict[str, Any]) -> Sample:
    """A plain way to write a sample: a signature stands alone, or with its value."""
    get = sample.get
    words = (get("measurand"), get("phase"), get("location"), get("context"), get("unit"))
    return words, get("value"), get("factor", 1.0), get("signed")


def readings(station: Station, values: object, now: datetime) -> list[Reading]:
    return read(station, values, now, sampling)


def bucket(*samples: dict[str, Any], at: str | None = None) -> dict[str, Any]:
    return {"timestamp": at or ago(0), "sampledValue": list(samples)}


def one(station: Station, **sample: Any) -> Reading:
    [reading] = readings(station, [bucket(sample)], NOW)
    return reading


@pytest.mark.parametrize(
    ("measurand", "unit", "value", "quantity", "expected"),
    [
        ("", "", "1234", Quantity.ENERGY_IMPORT, 1234),
        ("Energy.Active.Import.Register", "Wh", "1234", Quantity.ENERGY_IMPORT, 1234),
        ("Energy.Active.Import.Register", "kWh", "1.234", Quantity.ENERGY_IMPORT, 1234),
        ("Energy.Active.Import.Register", " WH  ", "1234", Quantity.ENERGY_IMPORT, 1234),
        ("energy.active.import.register", "KWH", "1,5", Quantity.ENERGY_IMPORT, 1500),
        ("Energy.Active.Export.Register", "", "7", Quantity.ENERGY_EXPORT, 7),
        ("Energy.Reactive.Import.Register", "kvarh", "2", Quantity.REACTIVE_ENERGY_IMPORT, 2000),
        ("Power.Active.Import", "kW", "7.4", Quantity.POWER, 7400),
        ("Power.Active.Import", "W", 7400, Quantity.POWER, 7400),
        ("Power.Active.Import", "Wh", "7400", Quantity.POWER, 7400),
        ("Power.Active.Import", "Power", "7400", Quantity.POWER, 7400),
        ("Power", "kW", "1", Quantity.POWER, 1000),
        ("Power.Offered", "kVA", "11", Quantity.POWER_OFFERED, 11000),
        ("Power.Reactive.Import", "var", "-3", Quantity.REACTIVE_POWER_IMPORT, -3),
        ("Power.Factor", "Percent", "0.98", Quantity.POWER_FACTOR, 0.98),
        ("Power.Factor", "kW", "0.98", Quantity.POWER_FACTOR, 0.98),
        ("Current.Import", "A", "  16.0 ", Quantity.CURRENT_IMPORT, 16),
        ("Current.Import", "mA", "16000", Quantity.CURRENT_IMPORT, 16),
        ("Current.Offered", "Amp", "6", Quantity.CURRENT_OFFERED, 6),
        ("Voltage", "V", "230.4", Quantity.VOLTAGE, 230.4),
        ("Voltage", "kWh", "230", Quantity.VOLTAGE, 230),
        ("Temperature", "Celsius", "25", Quantity.TEMPERATURE, 25),
        ("Temperature", "Celcius", "25", Quantity.TEMPERATURE, 25),
        ("Temperature", "Fahrenheit", "212", Quantity.TEMPERATURE, 100),
        ("Temperature", "K", "273.15", Quantity.TEMPERATURE, 0),
        ("Temperature", "", "25", Quantity.TEMPERATURE, 25),
        ("SoC", "Percent", "80", Quantity.SOC, 80),
        ("Frequency", "Hz", "49.98", Quantity.FREQUENCY, 49.98),
        ("Frequency", "Celcius", "49.98", Quantity.FREQUENCY, 49.98),
        ("RPM", "", "1200", Quantity.RPM, 1200),
    ],
)
def test_a_value_is_brought_to_base_units(
    station: Station, measurand: str, unit: str, value: object, quantity: Quantity, expected: float
) -> None:
    sample = {"measurand": measurand, "unit": unit, "value": value}
    reading = one(station, **{name: word for name, word in sample.items() if word != ""})
    assert reading.quantity is quantity
    assert reading.value == pytest.approx(expected)
    assert (reading.at, reading.phase, reading.location, reading.context) == (
        NOW,
        None,
        Location.OUTLET,
        "Sample.Periodic",
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"measurand": "Voltage", "phase": "L1-N"}, (Quantity.VOLTAGE, Phase.L1_N)),
        ({"measurand": "Voltage.L1-N"}, (Quantity.VOLTAGE, Phase.L1_N)),
        ({"measurand": "Current.Import.l3"}, (Quantity.CURRENT_IMPORT, Phase.L3)),
        ({"measurand": "Current.Import.L1", "phase": "L2"}, (Quantity.CURRENT_IMPORT, Phase.L2)),
        ({"measurand": "Current.Import", "phase": "n"}, (Quantity.CURRENT_IMPORT, Phase.N)),
        ({"measurand": "Voltage", "phase": " L2-L3"}, (Quantity.VOLTAGE, Phase.L2_L3)),
    ],
)
def test_the_phase_may_stand_beside_the_measurand_or_in_it(
    station: Station, words: dict[str, str], expected: tuple[Quantity, Phase]
) -> None:
    reading = one(station, value="1", **words)
    assert (reading.quantity, reading.phase) == expected


def test_a_location_is_kept(station: Station) -> None:
    assert one(station, value="1", location="inlet").location is Location.INLET


@pytest.mark.parametrize(
    ("sample", "counted"),
    [
        ({"measurand": "Happiness"}, "unknown measurand"),
        ({"measurand": "Current.Sideways"}, "unknown measurand"),
        ({"phase": "L9"}, "unknown phase"),
        ({"location": "Moon"}, "unknown context or location"),
        ({"context": "CurrentMax"}, "unknown context or location"),
        ({"unit": "horsepower"}, "unknown unit"),
        ({"value": "n/a"}, "unusable value"),
        ({"value": "NaN"}, "unusable value"),
        ({"value": None}, "unusable value"),
    ],
)
def test_what_is_not_understood_is_counted_and_passed_over(
    station: Station, sample: dict[str, Any], counted: str
) -> None:
    found = readings(station, [bucket({"value": "1", **sample}, {"measurand": "SoC", "value": "5"})], NOW)
    assert [(reading.quantity, reading.value) for reading in found] == [(Quantity.SOC, 5)]
    assert station.counters == {counted: 1}


@pytest.mark.parametrize("values", [None, [], {}, "x", 3, [None, 1], [{"sampledValue": []}], [{"sampledValue": "x"}]])
def test_nothing_measured_is_nothing(station: Station, values: object) -> None:
    assert readings(station, values, NOW) == []


def test_an_object_may_stand_for_a_list_of_one(station: Station) -> None:
    values = {"timestamp": ago(5), "sampledValue": {"value": 7}}
    assert readings(station, values, NOW) == [Reading(Quantity.ENERGY_IMPORT, 7, NOW - timedelta(seconds=5))]


def test_moments_are_brought_in_order_and_none_is_dropped(station: Station) -> None:
    values = [bucket({"value": str(wh)}, at=ago(seconds)) for wh, seconds in ((3, 10), (2, 20), (4, 10), (1, 30))]
    assert [reading.value for reading in readings(station, values, NOW)] == [1, 2, 3, 4]


def test_of_one_moment_the_context_that_counts_most_is_last(station: Station) -> None:
    contexts = ["Transaction.End", "Sample.Clock", "transaction.begin", "Sample.Periodic", "Other"]
    values = [bucket(*({"value": "1", "context": context} for context in contexts))]
    assert [reading.context for reading in readings(station, values, NOW)] == [
        "Transaction.Begin",
        "Other",
        "Sample.Clock",
        "Sample.Periodic",
        "Transaction.End",
    ]


def test_a_signature_is_kept_with_the_value_it_signs(station: Station) -> None:
    [reading] = readings(station, [bucket({"value": "1.5", "unit": "kWh"}, {"signed": "0aff"})], NOW)
    assert (reading.value, reading.signed) == (1500, "0aff")
    [reading] = readings(station, [bucket({"value": 2, "signed": "0bff"})], NOW)
    assert (reading.value, reading.signed) == (2, "0bff")


def test_a_signature_alone_is_of_the_register_that_was_told_beside_it(station: Station) -> None:
    values = [
        bucket({"signed": "0aff", "context": "Transaction.Begin"}, at=ago(60)),
        bucket({"signed": "0bff", "context": "Transaction.End", "unit": "kWh"}),
    ]
    told = read(station, values, NOW, sampling, {BEGIN: 1000.0, END: 2500.0})
    assert [(one.quantity, one.value, one.context, one.signed) for one in told] == [
        (Quantity.ENERGY_IMPORT, 1000, BEGIN, "0aff"),
        (Quantity.ENERGY_IMPORT, 2500, END, "0bff"),
    ]


@pytest.mark.parametrize("words", [{"measurand": "Power.Active.Import"}, {"location": "Inlet"}, {"phase": "L1"}])
async def test_a_signature_of_something_else_is_not_of_that_register(
    station: Station, ledger: Ledger, words: dict[str, str]
) -> None:
    assert read(station, [bucket({"signed": "0aff", "context": END, **words})], NOW, sampling, {END: 1.0}) == []
    assert await oddities(ledger) == [("signed value", "0aff")]


async def test_a_signature_alone_is_kept_for_a_human(station: Station, ledger: Ledger) -> None:
    assert readings(station, [bucket({"signed": "0aff"})], NOW) == []
    assert await oddities(ledger) == [("signed value", "0aff")]


def test_a_value_is_multiplied_as_its_sample_says(station: Station) -> None:
    assert one(station, value=1.5, factor=1000.0).value == 1500


def test_the_newest_time_is_that_of_the_last_element() -> None:
    assert newest([{"timestamp": "a"}, {"timestamp": "b"}, 3]) == "b"
    assert newest([]) is None


def test_endless_words_are_cut_before_they_are_remembered(station: Station) -> None:
    assert readings(station, [bucket({"value": "1", "measurand": "x" * 100_000})], NOW) == []
    assert station.counters == {"unknown measurand": 1}
    assert len(word("x" * 100_000)) < 100


def test_what_is_no_word_is_as_good_as_none(station: Station) -> None:
    for odd in ([], {}, 7, True):
        assert one(station, value="1", measurand=odd, unit=odd).quantity is Quantity.ENERGY_IMPORT


def test_of_endless_new_words_only_the_last_are_remembered(station: Station) -> None:
    for number in range(3000):
        assert meaning_of(("SoC", None, None, None, f"unit {number}")) == "unknown unit"
    assert one(station, value="1", measurand="SoC").quantity is Quantity.SOC
