"""What these tests have found out is told, whether they pass or not."""

from collections.abc import Callable
import logging
import sys
import time

import pytest

from custom_components.ocpp_home.csms.wire import quiet, session

type Tell = Callable[[str], None]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Writes a line that is seen in every run."""

    def told(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")

    return told


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is logged, however often; what was said here keeps nobody silent afterwards."""
    monkeypatch.setattr(quiet, "PERIOD", 0.0)
    monkeypatch.setattr(session, "_quiet", quiet.QuietLog(logging.getLogger(session.__name__), time.monotonic))
