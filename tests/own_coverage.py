"""Law 5: each file of csms is covered 100 % by its own test file alone.

Run as `python -m tests.own_coverage` after `pytest --cov --cov-context=test`. A line counts that ran in a test of the
own test file, or while modules were imported. What seems to be left out is asked for again with that test file running
alone: in the whole run another test may have been the first to fill a cache.
"""

import os
from pathlib import Path
import re
import subprocess
import sys
from tempfile import TemporaryDirectory

from coverage import Coverage
from coverage.exceptions import CoverageException

from .house import INTEGRATION, ROOT, own_test

WHILE_IMPORTING = "^$"


def ranges(lines: list[int]) -> str:
    """The lines in words: 3, 7-9."""
    spans: list[list[int]] = []
    for line in lines:
        if spans and spans[-1][1] == line - 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in spans)


def measured(root: Path, data: Path) -> Coverage:
    """What a run with `--cov` has measured."""
    found = Coverage(config_file=str(root / "pyproject.toml"), data_file=str(data))
    found.load()
    return found


def uncovered(coverage: Coverage, file: Path, test: str) -> list[int]:
    """The lines of a file that its own test file leaves out."""
    coverage.get_data().set_query_contexts([WHILE_IMPORTING, f"^{re.escape(test)}::"])
    try:
        _, _, _, missing, _ = coverage.analysis2(str(file))
    finally:
        coverage.get_data().set_query_contexts(None)
    return list(missing)


def alone(root: Path, file: Path, test: str) -> list[int]:
    """The lines that a test file leaves out when nothing else runs."""
    with TemporaryDirectory() as folder:
        data = Path(folder) / "coverage"
        switches = ["--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0", "--quiet"]
        subprocess.run(
            [sys.executable, "-m", "pytest", test, *switches],
            cwd=root,
            env=os.environ | {"COVERAGE_FILE": str(data)},
            capture_output=True,
            check=False,
        )
        return uncovered(measured(root, data), file, test)


def complaints(coverage: Coverage, root: Path = ROOT, integration: Path = INTEGRATION) -> list[str]:
    """What is left out, one line for each file."""
    found = []
    for file in sorted((integration / "csms").rglob("*.py")):
        test = own_test(file.relative_to(integration).as_posix())
        if test is None:
            continue
        name = file.relative_to(root)
        if not (root / test).is_file():
            found.append(f"{name}: no {test}")
        elif uncovered(coverage, file, test) and (missing := alone(root, file, test)):
            found.append(f"{name}: {test} leaves out {ranges(missing)}")
    return found


def main() -> int:
    """Print what is left out."""
    try:
        found = complaints(measured(ROOT, ROOT / ".coverage"))
    except CoverageException as error:
        print(f"No coverage data: {error}", file=sys.stderr)  # noqa: T201 - this module is a command
        return 2
    for line in found:
        print(line, file=sys.stderr)  # noqa: T201 - this module is a command
    if not found:
        print("Each file of csms is covered by its own tests alone.")  # noqa: T201 - this module is a command
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
