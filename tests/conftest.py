"""What every test that runs inside Home Assistant needs."""

from collections import Counter
from datetime import UTC, datetime
from functools import cache

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
import pytest

# Imported before the first `hass` fixture puts the test bench's own `custom_components` package on the path.
import custom_components.ocpp_home  # noqa: F401 - only the import itself matters
from custom_components.ocpp_home import certificates
from custom_components.ocpp_home.csms.security import issuing
from custom_components.ocpp_home.csms.security.issuing import Family, PrivateKey


def pytest_configure() -> None:
    """Let `cryptography` sign something: it keeps the type of dates it meets first, and that must be no frozen one."""
    issuing.root("Home", "Root", issuing.new_key("ec", 0), datetime.now(UTC))


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """A configuration folder of the test's own, for the ledger is a file in it."""
    return hass_tmp_config_dir


@pytest.fixture
def hass(hass: HomeAssistant) -> HomeAssistant:
    """Home Assistant, which finds this integration."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    return hass


@pytest.fixture
def enable_custom_integrations(hass: HomeAssistant) -> None:
    """The test bench's switch, which is always on here."""


@cache
def _key(family: Family, bits: int, number: int) -> PrivateKey:
    return issuing.new_key(family, bits)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of all homes are the same ones, for to make one takes as long as many tests do."""
    made = Counter[tuple[Family, int]]()

    def quick(family: Family, bits: int) -> PrivateKey:
        made[family, bits] += 1
        return _key(family, bits, made[family, bits])

    monkeypatch.setattr(certificates, "new_key", quick)
