"""What every test that runs inside Home Assistant needs."""

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
import pytest

# Imported before the first `hass` fixture puts the test bench's own `custom_components` package on the path.
import custom_components.ocpp_home  # noqa: F401 - only the import itself matters


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
