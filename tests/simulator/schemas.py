"""The Open Charge Alliance's own JSON schemas, as shipped inside the `ocpp` package."""

from functools import cache
import importlib.util
import json
from pathlib import Path
from typing import Any

import jsonschema_rs


@cache
def _folder(version: str) -> Path:
    package = importlib.util.find_spec("ocpp")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("the simulated station reads the OCA schemas from the `ocpp` package; install it")
    return Path(package.submodule_search_locations[0]) / version / "schemas"


@cache
def _validator(version: str, name: str) -> jsonschema_rs.Draft4Validator | jsonschema_rs.Draft6Validator | None:
    folder = _folder(version)
    file = folder / f"{name}.json"
    if not file.is_file():
        file = folder / f"{name}Request.json"  # so called since 2.0.1
    if not file.is_file():
        return None
    schema = json.loads(file.read_text("utf-8-sig"))
    draft = jsonschema_rs.Draft6Validator if "draft-06" in schema["$schema"] else jsonschema_rs.Draft4Validator
    return draft(schema, validate_formats=True)


def known(version: str, action: str) -> bool:
    """Whether the version has such an action."""
    return _validator(version, action) is not None


def faults(version: str, action: str, payload: Any, *, response: bool = False) -> list[str]:
    """What the schema of the request (or response) has against the payload."""
    validator = _validator(version, f"{action}Response" if response else action)
    if validator is None:
        return [f"{version} has no action {action}"]
    return [
        f"{error.message} at /{'/'.join(str(step) for step in error.instance_path)}"
        for error in validator.iter_errors(payload)
    ]
