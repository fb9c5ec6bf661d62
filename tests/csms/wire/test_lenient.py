"""Reading a payload as its schema means it."""

from collections import Counter
from typing import Any

import pytest

from custom_components.ocpp_home.csms.wire.frame import Payload, Version
from custom_components.ocpp_home.csms.wire.lenient import Reading

SCHEMA: dict[str, Any] = {
    "type": "object",
    "definitions": {"Phase": {"type": "string", "enum": ["L1", "L1-N"]}},
    "properties": {
        "id": {"type": "integer"},
        "limit": {"type": "number"},
        "name": {"type": "string", "maxLength": 5},
        "phase": {"$ref": "#/definitions/Phase"},
        "on": {"type": "boolean"},
        "list": {"type": "array", "items": {"type": "integer"}},
        "inner": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        "data": {},
    },
    "required": ["id"],
    "additionalProperties": False,
}


def read(payload: Payload, version: Version = "1.6") -> tuple[Payload, list[tuple[str, str]], Counter[str]]:
    tally = Counter[str]()
    reading = Reading(SCHEMA, version, tally)
    result = reading.payload(payload)
    return result, [(fault.code, fault.path) for fault in reading.faults], tally


@pytest.mark.parametrize(
    ("name", "sent", "meant"),
    [
        ("id", "1", 1),
        ("id", " 12 ", 12),
        ("id", 1.0, 1),
        ("id", "1.0", 1),
        ("id", 12.7, 13),
        ("id", -1, -1),
        ("limit", "6.5", 6.5),
        ("limit", "6,5", 6.5),
        ("limit", 6, 6),
        ("name", 12, "12"),
        ("name", 12.5, "12.5"),
        ("name", True, "true"),
        ("name", "", ""),
        ("phase", "l1-n", "L1-N"),
        ("phase", " L1 ", "L1"),
        ("on", "True", True),
        ("on", 0, False),
        ("on", False, False),
        ("list", 7, [7]),
        ("list", ["1", None, "", 2], [1, 2]),
        ("list", [], []),
        ("inner", [{"a": "1"}], {"a": 1}),
        ("inner", {"a": 1, "vendor": "x"}, {"a": 1, "vendor": "x"}),
        ("data", [{"anything": 1}], [{"anything": 1}]),
    ],
)
def test_a_slip_is_repaired(name: str, sent: object, meant: object) -> None:
    result, faults, _ = read({"id": 1, name: sent})
    assert (result[name], faults) == (meant, [])
    assert type(result[name]) is type(meant)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("limit", None),
        ("limit", ""),
        ("limit", {}),
        ("name", None),
        ("name", {}),
        ("phase", None),
        ("on", ""),
        ("list", ""),
        ("list", None),
        ("inner", []),
        ("inner", ""),
    ],
)
def test_an_empty_optional_property_falls_away(name: str, sent: object) -> None:
    result, faults, tally = read({"id": 1, name: sent})
    assert (result, faults) == ({"id": 1}, [])
    assert tally["empty property"] == 1


@pytest.mark.parametrize(
    ("name", "sent", "where"),
    [
        ("id", "one", "id"),
        ("id", True, "id"),
        ("id", [1], "id"),
        ("id", "9" * 64, "id"),
        ("id", "inf", "id"),
        ("limit", "a lot", "limit"),
        ("limit", False, "limit"),
        ("name", {"a": 1}, "name"),
        ("on", "perhaps", "on"),
        ("list", [1, "two"], "list/1"),
        ("inner", "text", "inner"),
        ("inner", {"a": "x"}, "inner/a"),
    ],
)
def test_a_hopeless_value_is_a_fault_where_it_stands(name: str, sent: object, where: str) -> None:
    _, faults, _ = read({"id": 1, name: sent})
    assert faults == [("TypeConstraintViolation", where)]


@pytest.mark.parametrize(
    ("version", "code"),
    [("1.6", "ProtocolError"), ("2.0.1", "OccurrenceConstraintViolation"), ("2.1", "OccurrenceConstraintViolation")],
)
def test_a_missing_required_property_is_a_fault(version: Version, code: str) -> None:
    assert read({}, version)[1] == [(code, "id")]
    assert read({"id": None}, version)[1] == [(code, "id")]
    assert read({"id": 1, "inner": {}}, version)[1] == [(code, "inner/a")]


def test_unknown_properties_fall_away_where_the_schema_forbids_them() -> None:
    result, faults, tally = read({"id": 1, "vendor": "x"})
    assert (result, faults, tally["unknown property"]) == ({"id": 1}, [], 1)


def test_the_case_of_a_property_does_not_matter() -> None:
    assert read({"ID": 1, "Name": "x"})[0] == {"id": 1, "name": "x"}


def test_unknown_words_and_long_texts_are_kept_and_counted() -> None:
    result, faults, tally = read({"id": 1, "phase": "L9", "name": "longer than five"})
    assert (result, faults) == ({"id": 1, "phase": "L9", "name": "longer than five"}, [])
    assert tally == {"unknown word": 1, "too long": 1}


def test_the_original_is_not_touched() -> None:
    payload = {"id": "1", "list": ["1"]}
    read(payload)
    assert payload == {"id": "1", "list": ["1"]}
