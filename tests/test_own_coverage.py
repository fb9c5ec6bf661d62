"""The proof of law 5 sees what it must see."""

import os
from pathlib import Path
import subprocess
import sys

import pytest

from .own_coverage import complaints, measured, ranges

ROOM = "def enter(name):\n    if name:\n        return name\n    return 'nobody'\n"
CACHED = f"from functools import cache\n\n@cache\n{ROOM}"
TEST = "from house.csms.wire.{room} import enter\n\ndef test_{room}(): assert {claim}\n"
BOTH = "enter('a') + enter('') == 'anobody'"

HOUSE = {
    "house/csms/wire/__init__.py": "",
    "house/csms/wire/cached.py": CACHED,
    "house/csms/wire/door.py": ROOM,
    "house/csms/wire/frame.py": ROOM,
    "house/csms/wire/link.py": ROOM,
    "house/csms/wire/soap.py": ROOM,
    "tests/csms/test_first.py": TEST.format(room="cached", claim=BOTH),
    "tests/csms/wire/test_cached.py": TEST.format(room="cached", claim=BOTH),
    "tests/csms/wire/test_door.py": TEST.format(room="door", claim=BOTH),
    "tests/csms/wire/test_frame.py": TEST.format(room="frame", claim="enter('a') == 'a'"),
    "tests/csms/wire/test_link.py": TEST.format(room="link", claim="True"),
    "tests/test_trips.py": "\n".join(TEST.format(room=room, claim=BOTH) for room in ("frame", "link", "soap")),
    "pyproject.toml": '[tool.pytest]\npythonpath = ["."]\n[tool.coverage.run]\nsource = ["house"]\ncore = "ctrace"\n',
}


def test_only_a_file_that_its_own_tests_cover_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in HOUSE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for key, value in {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p pytest_cov"}.items():
        monkeypatch.setenv(key, value)
    command = [sys.executable, "-m", "pytest", "--cov", "--cov-context=test", "tests"]
    subprocess.run(
        command, cwd=tmp_path, check=True, capture_output=True, env=os.environ | {"COVERAGE_FILE": ".coverage"}
    )

    assert complaints(measured(tmp_path, tmp_path / ".coverage"), tmp_path, tmp_path / "house") == [
        "house/csms/wire/frame.py: tests/csms/wire/test_frame.py leaves out 4",
        "house/csms/wire/link.py: tests/csms/wire/test_link.py leaves out 2-4",
        "house/csms/wire/soap.py: no tests/csms/wire/test_soap.py",
    ]


def test_lines_are_told_as_ranges() -> None:
    assert ranges([3, 7, 8, 9, 12, 13]) == "3, 7-9, 12-13"
