"""Repairs for JSON text that stations in the field really send; each candidate is tried by the caller's parser."""

from collections.abc import Iterator
import re
from typing import Final

MAX_MENDED: Final = 64 * 1024
"""Longer texts are not repaired: repairing is for slips of small firmware, not for hostile input."""

_CONTROL: Final = re.compile("[\x00-\x1f\x7f\ufeff]+")
_LEADING: Final = re.compile("^[^\\[{]+")
_HEAD: Final = re.compile(r'\s*\[\s*"?\s*(\d)\s*"?\s*,\s*(?:"([^"\\]{1,512})"|(-?\d{1,18})\s*[,\]])')
_EMPTY_VALUE: Final = re.compile(r',\s*"[^"\\]*"\s*:\s*(?=[,}])|"[^"\\]*"\s*:\s*(?:,|(?=}))')
_TRAILING_COMMA: Final = re.compile(r",\s*(?=[}\]])")
_NO_NUMBER: Final = re.compile(r":\s*[-+]?(?:NaN|nan|Infinity|inf)\b")
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"?')


def mend(text: str) -> Iterator[str]:
    """Yield repaired readings of a text, the most faithful first."""
    if len(text) > MAX_MENDED:
        return
    text = _LEADING.sub("", _CONTROL.sub("", text)).strip()
    yield text
    text = _SURROGATE.sub("\ufffd", _NO_NUMBER.sub(": null", text))
    text = _TRAILING_COMMA.sub("", _EMPTY_VALUE.sub("", text))
    yield text
    if message_head(text)[0] == 3:
        yield text + _missing_brackets(text)


def message_head(text: str) -> tuple[int, str | int | None]:
    """Read message type and id of a text that is no JSON: (0, None) where there are none."""
    match = _HEAD.match(_LEADING.sub("", _CONTROL.sub("", text[:1024])))
    if match is None:
        return 0, None
    kind, name, number = match.groups()
    return int(kind), name if name is not None else int(number)


def _missing_brackets(text: str) -> str:
    """Return what closes a truncated text: there are stations that send answers without the last brackets."""
    closing: list[str] = []
    for mark in _STRING.sub("", text):
        if mark in "[{":
            closing.append("]" if mark == "[" else "}")
        elif mark in "]}" and closing and closing[-1] == mark:
            closing.pop()
    return "".join(reversed(closing))
