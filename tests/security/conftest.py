"""What these tests have found out is told, whether they pass or not."""

from collections.abc import Callable
import sys

import pytest

type Tell = Callable[[str], None]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Writes a line that is seen in every run."""

    def told(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")

    return told
