"""The smallest payload that a schema allows."""

from datetime import UTC, datetime
import importlib.util
import json
from pathlib import Path
from typing import Any

from tests.simulator.clock import stamp

FOLDERS = {"2.0.1": "v201", "2.1": "v21"}


def request(version: str, action: str) -> dict[str, Any]:
    """A request of this action with what is required, and nothing else."""
    package = importlib.util.find_spec("ocpp")
    assert package is not None
    assert package.submodule_search_locations is not None
    folder = Path(package.submodule_search_locations[0]) / FOLDERS[version] / "schemas"
    file = folder / f"{action}Request.json"
    schema = json.loads((file if file.is_file() else folder / f"{action}.json").read_text("utf-8-sig"))
    made: dict[str, Any] = _smallest(schema, schema.get("definitions", {}))
    return made


def _smallest(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _smallest(known[schema["$ref"].rpartition("/")[2]], known)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: _smallest(schema["properties"][name], known) for name in schema.get("required", ())}
        case "array":
            return [_smallest(schema["items"], known)] * max(1, schema.get("minItems", 1))
        case "string":
            return stamp(datetime.now(UTC)) if schema.get("format") == "date-time" else "x"
        case "boolean":
            return False
        case _:
            return max(1, schema.get("minimum", 1))
