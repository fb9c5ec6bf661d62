"""The schemas of OCPP 1.6 are there."""

import pytest

from custom_components.ocpp_home.csms.wire import schema


@pytest.fixture(scope="session", autouse=True)
def _schemas() -> None:
    schema.load("1.6")
