"""The OCA schemas of every message: strict for what we send, lenient for what stations send."""

from collections import Counter
from dataclasses import dataclass
import importlib.util
import json
from pathlib import Path
from typing import Any, Final, Literal

from jsonschema_rs import Draft4Validator, Draft6Validator, ValidationError

from .frame import Fault, Payload, Version
from .lenient import Reading

type Kind = Literal["request", "response"]

FOLDERS: Final[dict[Version, str]] = {"1.6": "v16", "2.0.1": "v201", "2.1": "v21"}

_FAULT_CODES: Final = {
    "required": "OccurrenceConstraintViolation",
    "minItems": "OccurrenceConstraintViolation",
    "maxItems": "OccurrenceConstraintViolation",
    "type": "TypeConstraintViolation",
}


class UnknownAction(LookupError):
    """No message of this name exists in the version."""


class InvalidPayload(ValueError):
    """A payload of ours breaks its schema and was not sent."""


@dataclass(frozen=True, slots=True)
class _Checks:
    """One message: its schema as data, and compiled with and without the formats of texts."""

    schema: dict[str, Any]
    loose: Draft4Validator
    strict: Draft4Validator | Draft6Validator


type _Shelf = dict[tuple[str, Kind], _Checks]

_shelves: dict[Version, _Shelf] = {}


def load(version: Version) -> None:
    """Read and compile all schemas of a version; blocks, so run it in an executor."""
    if version not in _shelves:
        _shelves[version] = dict(map(_compile, sorted(folder(version).glob("*.json"))))


def loaded(version: Version) -> bool:
    """Tell whether `load` has been run for a version."""
    return version in _shelves


def known(version: Version, action: str) -> bool:
    """Tell whether the version has a request of this name; 2.1's only SEND has no schema among OCA's requests."""
    return (action, "request") in _shelves[version] or (version == "2.1" and action == "NotifyPeriodicEventStream")


def read(
    version: Version, action: str, payload: Payload, kind: Kind = "request", tally: Counter[str] | None = None
) -> tuple[Payload, tuple[Fault, ...]]:
    """Repair a station's payload as far as its schema shows how; `tally` counts what was repaired or tolerated."""
    checks = _shelves[version].get((action, kind))
    if checks is None or checks.loose.is_valid(payload):
        return payload, ()
    reading = Reading(checks.schema, version, tally if tally is not None else Counter())
    return reading.payload(payload), tuple(reading.faults)


def check(version: Version, action: str, payload: Payload, kind: Kind = "request") -> None:
    """Raise `InvalidPayload` unless a payload of ours keeps to its schema."""
    checks = _shelves[version].get((action, kind))
    if checks is None:
        raise UnknownAction(f"OCPP {version} has no {kind} {action}")
    try:
        checks.strict.validate(payload)
    except ValidationError as error:
        path = "/".join(map(str, error.instance_path))
        raise InvalidPayload(f"{action} {kind}, {path or 'payload'}: {error.message}") from error
    except ValueError as error:
        raise InvalidPayload(f"{action} {kind} is no JSON: {error}") from error


def folder(version: Version, package: str = "ocpp") -> Path:
    """Find the schemas of a version without importing the package that carries them."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package `{package}`, which carries the OCA schemas, is not installed")
    return Path(spec.submodule_search_locations[0]) / FOLDERS[version] / "schemas"


def _compile(path: Path) -> tuple[tuple[str, Kind], _Checks]:
    name = path.stem
    kind: Kind = "response" if name.endswith("Response") else "request"
    schema = json.loads(path.read_text(encoding="utf-8-sig"))
    # Draft 4 for reading: there 1.0 is no integer, so that it is repaired to 1 instead of handed on as a float.
    loose = Draft4Validator(schema, validate_formats=False)
    strict = (Draft6Validator if "draft-06" in schema["$schema"] else Draft4Validator)(
        schema, validate_formats=True, mask="***"
    )
    return (name.removesuffix("Response").removesuffix("Request"), kind), _Checks(schema, loose, strict)
