"""The messages of OCPP as the OCA schemas have them: where the texts are, and whole messages with texts put there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
import json
from typing import Any, Final, Literal

from custom_components.ocpp_home.csms.v1.dialect import REQUESTS as FIRST
from custom_components.ocpp_home.csms.v2.dialect import REQUESTS as SECOND
from custom_components.ocpp_home.csms.wire.frame import Version
from custom_components.ocpp_home.csms.wire.schema import folder

type Path = tuple[str | int, ...]
type Kind = Literal["text", "word", "moment"]
"""Free texts, words of an enumeration, and points in time."""
type Fill = Callable[[Field], str]

SHORT: Final = "zq7"
SENDERS: Final = {"1.6": FIRST, "2.0.1": SECOND, "2.1": SECOND}


@dataclass(frozen=True, slots=True)
class Field:
    """A text of a message."""

    path: Path
    kind: Kind
    longest: int | None
    words: tuple[str, ...] = ()

    def cut(self, text: str) -> str:
        """The text as long as it may be here."""
        return text if self.longest is None else text[: self.longest]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a version: a request, or the answer to one."""

    version: Version
    action: str
    answer: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        """All its texts."""
        return _fields(self)

    def full(self, fill: Fill, turn: int = 0, **known: object) -> dict[str, Any]:
        """A payload with everything in it; `turn` chooses among words, `known` are values by name of property."""
        schema = _schema(self)
        made: dict[str, Any] = _full(schema, schema.get("definitions", {}), (), _Filling(fill, turn, known))
        return made


@dataclass(frozen=True, slots=True)
class _Filling:
    fill: Fill
    turn: int
    known: Mapping[str, object]


def benign(field: Field) -> str:
    """A text nobody has anything against."""
    match field.kind:
        case "word":
            return field.words[0]
        case "moment":
            return "2026-11-25T12:00:00Z"
        case "text":
            return SHORT[: field.longest or 3]


@cache
def actions(version: Version) -> tuple[str, ...]:
    """All actions of a version."""
    return tuple(
        sorted(
            {
                path.stem.removesuffix("Request")
                for path in folder(version).glob("*.json")
                if not path.stem.endswith("Response")
            }
        )
    )


def said(version: Version) -> list[str]:
    """What a station may say in this version."""
    there = set(actions(version))
    return sorted(there & SENDERS[version].keys() | there & {"NotifyPeriodicEventStream"})


def everywhere(text: str, kinds: tuple[Kind, ...], turn: int, *, cut: bool = False) -> Fill:
    """The text in all fields of some kinds, as long as the schema allows or longer; the others say something usual."""

    def fill(field: Field) -> str:
        if field.kind in kinds:
            return field.cut(text) if cut else text
        return field.words[turn % len(field.words)] if field.words else benign(field)

    return fill


def alone(text: str, where: Field) -> Fill:
    """The text in one field."""
    return lambda field: text if field == where else benign(field)


@cache
def _schema(message: Message) -> dict[str, Any]:
    names = (f"{message.action}Response",) if message.answer else (f"{message.action}Request", message.action)
    for name in names:
        path = folder(message.version) / f"{name}.json"
        if path.is_file():
            found: dict[str, Any] = json.loads(path.read_text("utf-8-sig"))
            return found
    raise LookupError(names[0])


@cache
def _fields(message: Message) -> tuple[Field, ...]:
    schema = _schema(message)
    return tuple(_walk(schema, schema.get("definitions", {}), ()))


def _resolved(schema: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    return schema


def _walk(schema: dict[str, Any], known: dict[str, Any], path: Path) -> Iterator[Field]:
    schema = _resolved(schema, known)
    match schema.get("type"):
        case "object":
            for name, part in schema.get("properties", {}).items():
                yield from _walk(part, known, (*path, name))
        case "array":
            yield from _walk(schema.get("items", {}), known, (*path, 0))
        case "string":
            yield _field(schema, path)


def _field(schema: dict[str, Any], path: Path) -> Field:
    words = tuple(schema.get("enum", ()))
    kind: Kind = "word" if words else "moment" if schema.get("format") == "date-time" else "text"
    return Field(path, kind, schema.get("maxLength"), words)


def _full(schema: dict[str, Any], known: dict[str, Any], path: Path, filling: _Filling) -> Any:
    if path and path[-1] in filling.known:
        return filling.known[str(path[-1])]
    schema = _resolved(schema, known)
    match schema.get("type"):
        case "object":
            return {
                name: _full(part, known, (*path, name), filling) for name, part in schema.get("properties", {}).items()
            }
        case "array":
            least = max(1, schema.get("minItems", 1))
            return [_full(schema["items"], known, (*path, 0), filling) for _ in range(least)]
        case "string":
            return filling.fill(_field(schema, path))
        case "boolean":
            return filling.turn % 2 == 1
        case _:
            return max(1, schema.get("minimum", 1))
