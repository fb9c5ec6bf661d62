"""What goes wrong at a station is told to the user in the station's own words."""

import json
from pathlib import Path

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

import custom_components.ocpp_home
from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.ledger.ledger import Ledger
from custom_components.ocpp_home.csms.model.errors import (
    Invalid,
    LedgerFailed,
    OcppError,
    Offline,
    Refused,
    Unanswered,
    Unsupported,
)
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.errors import translated

TRANSLATIONS = Path(custom_components.ocpp_home.__file__).parent / "translations" / "en.json"


class Unheard(OcppError):
    """An error that nobody has thought of."""


@pytest.mark.parametrize(
    ("error", "kind", "key", "message"),
    [
        (Offline("gone"), HomeAssistantError, "offline", "Garage is not connected."),
        (Unanswered("Reset"), HomeAssistantError, "unanswered", "Garage did not answer in time."),
        (Refused("Occupied", "cable in"), HomeAssistantError, "refused", "Garage refused: Occupied: cable in"),
        (Unsupported("Reset"), ServiceValidationError, "unsupported", "Garage cannot do this: Reset"),
        (
            Invalid("no id"),
            ServiceValidationError,
            "invalid",
            "Nothing was sent to Garage, it would not have been valid: no id",
        ),
        (LedgerFailed("disk full"), HomeAssistantError, "ledger_failed", "It could not be recorded: disk full"),
        (Unheard("?"), HomeAssistantError, "failed", "Garage did not do it: ?"),
    ],
)
async def test_an_error_of_a_station_is_raised_in_words_of_the_user(
    tmp_path: Path, error: OcppError, kind: type[HomeAssistantError], key: str, message: str
) -> None:
    ledger = await Ledger.open(tmp_path / "ledger.db")
    with pytest.raises(HomeAssistantError) as raised:
        async with translated(Station("Garage", ledger)):
            raise error
    await ledger.close()
    assert type(raised.value) is kind
    assert (raised.value.translation_domain, raised.value.translation_key) == (DOMAIN, key)
    assert raised.value.__cause__ is error
    text = json.loads(TRANSLATIONS.read_text())["exceptions"][key]["message"]
    assert text.format(**raised.value.translation_placeholders or {}) == message


async def test_other_errors_are_left_alone(tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "ledger.db")
    with pytest.raises(KeyError):
        async with translated(Station("Garage", ledger)):
            raise KeyError("a mistake")
    await ledger.close()
