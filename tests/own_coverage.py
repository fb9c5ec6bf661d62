"""Law 5: each file of csms is covered 100 % by its own test file alone.

Run as `python -m tests.own_coverage` after `pytest --cov --cov-context=test`. A line counts that ran in a test of the
own test file, or while modules were imported.
"""

from pathlib import Path
import re
import sys

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


def uncovered(measured: Coverage, file: Path, test: str) -> list[int]:
    """The lines of a file that its own test file leaves out."""
    measured.get_data().set_query_contexts([WHILE_IMPORTING, f"^{re.escape(test)}::"])
    try:
        _, _, _, missing, _ = measured.analysis2(str(file))
    finally:
        measured.get_data().set_query_contexts(None)
    return list(missing)


def complaints(measured: Coverage, root: Path = ROOT, integration: Path = INTEGRATION) -> list[str]:
    """What is left out, one line for each file."""
    found = []
    for file in sorted((integration / "csms").rglob("*.py")):
        test = own_test(file.relative_to(integration).as_posix())
        if test is None:
            continue
        if not (root / test).is_file():
            found.append(f"{file.relative_to(root)}: no {test}")
        elif missing := uncovered(measured, file, test):
            found.append(f"{file.relative_to(root)}: {test} leaves out {ranges(missing)}")
    return found


def main() -> int:
    """Print what is left out."""
    measured = Coverage(config_file=str(ROOT / "pyproject.toml"), data_file=str(ROOT / ".coverage"))
    try:
        measured.load()
    except CoverageException as error:
        print(f"No coverage data: {error}", file=sys.stderr)  # noqa: T201 - this module is a command
        return 2
    found = complaints(measured)
    for line in found:
        print(line, file=sys.stderr)  # noqa: T201 - this module is a command
    if not found:
        print("Each file of csms is covered by its own tests alone.")  # noqa: T201 - this module is a command
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
