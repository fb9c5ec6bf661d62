"""Every message of OCPP 2.0.1 and 2.1: who says it, who answers or sends it, and which test shows that.

Run as `python -m tests.messages` to bring docs/messages.md up to date.
"""

import ast
from dataclasses import dataclass
from functools import cache
import importlib.util
import inspect
from pathlib import Path
import re
from typing import Final

from custom_components.ocpp_home.csms.v2.dialect import REQUESTS

from .house import ROOT
from .proofs import proofs

PAGE: Final = ROOT / "docs" / "messages.md"
CSMS: Final = ROOT / "custom_components" / "ocpp_home" / "csms"
FOLDERS: Final = {"2.0.1": "v201", "2.1": "v21"}
BOTH: Final = "DataTransfer"
HEAD: Final = """# Messages of OCPP 2.x

Every action of OCPP 2.0.1 and 2.1, from the schemas of the Open Charge Alliance: who says it (`>` a station, `<` the
central system), the function that answers it or the file that sends it, and a test of its own. On a real socket each is
said and answered in each version by `tests/certification/test_messages.py`, which takes its list from the schemas too.
Written by `python -m tests.messages`; `tests/test_messages.py` keeps it true.

| action | 2.0.1 | 2.1 | | where | test |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One action in one direction: from a station (`>`) or to it (`<`)."""

    action: str
    direction: str
    where: str
    test: str


@cache
def actions(version: str) -> frozenset[str]:
    """The actions of a version: those of which there is a schema of the request."""
    package = importlib.util.find_spec("ocpp")
    assert package is not None
    assert package.submodule_search_locations is not None
    folder = Path(package.submodule_search_locations[0]) / FOLDERS[version] / "schemas"
    names = (path.stem for path in folder.glob("*.json"))
    return frozenset(name.removesuffix("Request") for name in names if not name.endswith("Response"))


def said(version: str) -> list[str]:
    """What a station says in this version."""
    return sorted(actions(version) & REQUESTS.keys())


def sent(version: str) -> list[str]:
    """What a station is asked in this version: all that it does not say, and what goes both ways."""
    return sorted(actions(version) - REQUESTS.keys() | {BOTH})


def messages() -> list[Message]:
    """Every action in every direction."""
    rows = [(name, ">", _answers(name)) for name in said("2.1")]
    rows += [(name, "<", _sends(name)) for name in sent("2.1")]
    return [Message(name, direction, where, _test(name, where)) for name, direction, where in sorted(rows)]


def shows(test: str, action: str) -> bool:
    """Whether there is such a test, and it asserts on something that has to do with the action."""
    proof = proofs().get(test)
    return proof is not None and proof.asserts and action in proof.words


def page() -> str:
    """What docs/messages.md has to say."""
    return HEAD + "".join(f"{facts(row)} `{row.test}` |\n" for row in messages())


def facts(row: Message) -> str:
    """The row of a message but for its test."""
    known = " | ".join("yes" if row.action in actions(version) else "" for version in FOLDERS)
    return f"| {row.action} | {known} | `{row.direction}` | {row.where} |"


def _answers(action: str) -> str:
    handler = REQUESTS[action]
    place = Path(inspect.getfile(handler)).relative_to(CSMS).as_posix()
    return f"`{place}`: `{handler.__name__}`"


def _sends(action: str) -> str:
    return ", ".join(f"`{place}`" for place, words in _words().items() if action in words)


@cache
def _words() -> dict[str, frozenset[str]]:
    """The strings that the files of 2.x hand to somebody, and those they have as a constant."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted([*(CSMS / "v2").glob("*.py"), *(CSMS / "dialogue").glob("*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [argument for node in ast.walk(tree) if isinstance(node, ast.Call) for argument in node.args]
        constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)]
        strings = {node.value for node in (*calls, *constants) if isinstance(node, ast.Constant)}
        found[path.relative_to(CSMS).as_posix()] = frozenset(word for word in strings if isinstance(word, str))
    return found


def _test(action: str, where: str) -> str:
    """A test that shows the action, the one of the same file first; an empty word where there is none."""
    files = [f"tests/csms/{place.replace('/', '/test_')}" for place in re.findall(r"[a-z0-9]+/\w+\.py", where)]
    rooms = (*files, "tests/csms/v2/", "tests/csms/dialogue/", "tests/certification/test_2")
    found = ((rank, test) for rank, room in enumerate(rooms) for test in proofs() if test.startswith(room))
    return min((one for one in found if shows(one[1], action)), default=(0, ""))[1]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
