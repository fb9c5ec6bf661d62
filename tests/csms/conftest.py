"""The rooms are tested over real sockets of this machine."""

import pytest


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Allow sockets; the test bench still refuses every address but 127.0.0.1."""
