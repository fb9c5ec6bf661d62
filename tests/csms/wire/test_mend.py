"""Repairs of broken JSON."""

import time

import orjson
import pytest

from custom_components.ocpp_home.csms.wire.mend import MAX_MENDED, mend, message_head


def mended(text: str) -> object:
    """Return the first repaired reading that is JSON."""
    for candidate in mend(text):
        try:
            return orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
    return None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('\x00[2,"1"]', [2, "1"]),
        ('\ufeff[2,"1"]', [2, "1"]),
        ('garbage[2,"1"]', [2, "1"]),
        ('[2,"a\x1fb"]', [2, "ab"]),
        ('[{"a":,"b":1}]', [{"b": 1}]),
        ('[{"b":1,"a":,"c":2}]', [{"b": 1, "c": 2}]),
        ('[{"a":}]', [{}]),
        ('[{"a":1,},]', [{"a": 1}]),
        ('[{"a":-Infinity}]', [{"a": None}]),
        ('[3,"1",{"a":"b', None),
        ('[3,"1",{"a":["b]{"', [3, "1", {"a": ["b]{"]}]),
        ('[3,"1",{"a":1}}', None),
        ('[2,"1","A",{', None),
    ],
)
def test_a_broken_text_is_repaired_or_given_up(text: str, meant: object) -> None:
    assert mended(text) == meant


def test_long_texts_are_not_repaired() -> None:
    assert list(mend("[" * (MAX_MENDED + 1))) == []


@pytest.mark.parametrize(
    "text", [",  " * 20_000, '"a" :' * 13_000, '[3,"1",' + '"' * 60_000, " " * 65_000, ": nan" * 13_000]
)
def test_hostile_text_is_given_up_quickly(text: str) -> None:
    begin = time.process_time()
    assert mended(text) is None
    assert time.process_time() - begin < 0.5


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ('[2,"abc","Heart', (2, "abc")),
        (' [ "3" , 17 , {', (3, 17)),
        ('[2,"a\\"b"', (0, None)),
        ("{", (0, None)),
        ('[2,""', (0, None)),
    ],
)
def test_type_and_id_are_read_of_a_text_that_is_no_json(text: str, head: tuple[int, object]) -> None:
    assert message_head(text) == head
