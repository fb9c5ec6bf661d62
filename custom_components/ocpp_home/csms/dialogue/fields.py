"""Reading single fields of a payload: whatever stands there, the answer is a usable value or None."""

from math import inf
from typing import Final

from ..wire.frame import Payload

_BLANK: Final = "\x00 \t\r\n"
_NUMERIC: Final = (str, int, float)


def text(payload: Payload, name: str, limit: int = 255) -> str:
    """A text without control characters and the blanks around it, at most `limit` long; empty where there is none."""
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, _NUMERIC):
        return ""
    said = str(value).strip(_BLANK)
    if not said.isprintable():
        said = "".join(mark for mark in said if mark.isprintable())
    return said[:limit].strip()


def whole(payload: Payload, name: str) -> int | None:
    """An integer, or None where there is none."""
    value = number(payload, name)
    return None if value is None else round(value)


def number(payload: Payload, name: str) -> float | None:
    """A finite number, or None where there is none."""
    value = payload.get(name)
    return None if isinstance(value, bool) else parse(value)


def parse(value: object) -> float | None:
    """What a station wrote as a number: padded, with a comma, as text; None where it is none."""
    if not isinstance(value, _NUMERIC):
        return None
    try:
        result = float(value)
    except ValueError, OverflowError:
        result = _cleaned(value)
    return result if abs(result) < 1e15 else None


def _cleaned(value: str | float) -> float:
    """A number out of a text with strange marks around it, or infinity."""
    try:
        return float(str(value).strip(_BLANK).replace(",", "."))
    except ValueError:
        return inf
