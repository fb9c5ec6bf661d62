"""Reading a payload as its schema means it: small slips are repaired, the rest becomes faults."""

from collections import Counter
from collections.abc import Callable
import math
from typing import Any, Final

from .frame import Fault, Payload, Version

type _Schema = dict[str, Any]
type _Path = tuple[str | int, ...]

_EMPTY: Final[tuple[object, ...]] = (None, "", [], {})
_WRONG: Final = object()
"""What a reader returns for a value that it cannot make fit."""


class Reading:
    """One lenient reading of one payload; `faults` is what could not be repaired."""

    def __init__(self, schema: _Schema, version: Version, tally: Counter[str]) -> None:
        self.faults: list[Fault] = []
        self._schema = schema
        self._missing = "ProtocolError" if version == "1.6" else "OccurrenceConstraintViolation"
        self._tally = tally

    def payload(self, payload: Payload) -> Payload:
        """Return the payload as its schema means it, without touching the original."""
        return self._object(self._schema, payload, ())

    def _value(self, schema: _Schema, value: object, path: _Path) -> object:
        schema = self._resolve(schema)
        kind = schema.get("type")
        if kind == "object":
            return self._maybe_object(schema, value, path)
        if kind == "array":
            return self._array(schema, value, path)
        reader = _SCALARS.get(str(kind))
        if reader is None:
            return value
        fitting = reader(value)
        if fitting is not value and fitting is not _WRONG:
            self._tally["converted"] += 1
        if isinstance(fitting, str):
            fitting = self._word(schema, fitting)
        return fitting

    def _resolve(self, schema: _Schema) -> _Schema:
        while "$ref" in schema:
            schema = self._schema["definitions"][schema["$ref"].removeprefix("#/definitions/")]
        return schema

    def _maybe_object(self, schema: _Schema, value: object, path: _Path) -> object:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
            self._tally["converted"] += 1
        return self._object(schema, value, path) if isinstance(value, dict) else _WRONG

    def _object(self, schema: _Schema, value: Payload, path: _Path) -> Payload:
        properties: dict[str, _Schema] = schema.get("properties", {})
        required: list[str] = schema.get("required", [])
        spelled = {name.casefold(): name for name in properties}
        result: Payload = {}
        for word, member in value.items():
            name = word if word in properties else spelled.get(word.casefold(), word)
            if name in properties:
                self._member(properties[name], name in required, member, (*path, name), result)
            elif schema.get("additionalProperties", True):
                result[word] = member
            else:
                self._tally["unknown property"] += 1
        for name in required:
            if name not in result and not self._blamed((*path, name)):
                self._fault(self._missing, (*path, name), "is required and missing")
        return result

    def _member(self, schema: _Schema, required: bool, value: object, path: _Path, result: Payload) -> None:
        fitting = self._value(schema, value, path)
        empty = value is None or (fitting is _WRONG and value in _EMPTY)
        if fitting is not _WRONG and not empty:
            result[str(path[-1])] = fitting
        elif empty:
            self._tally["empty property"] += 1
        else:
            kind = self._resolve(schema).get("type")
            self._fault("TypeConstraintViolation", path, f"is no {kind}")

    def _array(self, schema: _Schema, value: object, path: _Path) -> object:
        if value in (None, "", {}):
            return _WRONG
        if not isinstance(value, list):
            self._tally["converted"] += 1
            value = [value]
        items = self._resolve(schema.get("items", {}))
        result = []
        for index, item in enumerate(value):
            fitting = self._value(items, item, (*path, index))
            if fitting is not _WRONG:
                result.append(fitting)
            elif item in _EMPTY:
                self._tally["empty item"] += 1
            else:
                self._fault("TypeConstraintViolation", (*path, index), f"is no {items.get('type')}")
        return result

    def _word(self, schema: _Schema, text: str) -> str:
        """Give a word of an enumeration its right spelling; tolerate unknown and too long ones."""
        words = schema.get("enum")
        if words is not None and text not in words:
            spelled = {word.casefold(): word for word in words}
            known = spelled.get(text.strip().casefold())
            self._tally["converted" if known else "unknown word"] += 1
            return known or text
        if len(text) > schema.get("maxLength", math.inf):
            self._tally["too long"] += 1
        return text

    def _fault(self, code: str, path: _Path, message: str) -> None:
        self.faults.append(Fault(code, "/".join(map(str, path)), message))

    def _blamed(self, path: _Path) -> bool:
        where = "/".join(map(str, path))
        return any(fault.path == where or fault.path.startswith(where + "/") for fault in self.faults)


def _integer(value: object) -> object:
    if isinstance(value, bool):
        return _WRONG
    if isinstance(value, int):
        return value
    number = _number(value)
    return round(number) if isinstance(number, int | float) else _WRONG


def _number(value: object) -> object:
    if isinstance(value, bool):
        return _WRONG
    if isinstance(value, int | float):
        return value
    try:
        number = float(value.replace(",", ".")) if isinstance(value, str) and len(value) < 64 else math.nan
    except ValueError:
        return _WRONG
    return number if math.isfinite(number) else _WRONG


def _string(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value if isinstance(value, str) else _WRONG


def _boolean(value: object) -> object:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().casefold(), _WRONG)


_SCALARS: Final[dict[str, Callable[[object], object]]] = {
    "integer": _integer,
    "number": _number,
    "string": _string,
    "boolean": _boolean,
}
