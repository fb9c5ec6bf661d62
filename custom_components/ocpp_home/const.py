"""Names that more than one file of the integration uses."""

from enum import StrEnum
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "ocpp_home"
PLATFORMS: Final[tuple[Platform, ...]] = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
)

SUBENTRY_STATION: Final = "station"

CONF_LEDGER: Final = "ledger"
CONF_PUBLISH_INTERVAL: Final = "publish_interval"
CONF_NEWCOMERS: Final = "newcomers"

CONF_IDENTITY: Final = "identity"
CONF_MAXIMUM: Final = "maximum"
CONF_PHASES: Final = "phases"
CONF_SAFE_LIMIT: Final = "safe_limit"
CONF_SAMPLE_INTERVAL: Final = "sample_interval"
CONF_ADMITTANCE: Final = "admittance"
CONF_CARDS: Final = "cards"
CONF_TOKEN: Final = "token"
CONF_CONFIGURE: Final = "configure"
CONF_HOLD_BACK: Final = "hold_back"
CONF_PINGS: Final = "pings"
CONF_COMPRESSION: Final = "compression"
CONF_VERSIONS: Final = "versions"

DEFAULT_PORT: Final = 9000
DEFAULT_LEDGER: Final = "ledger.db"
DEFAULT_PUBLISH_INTERVAL: Final = 1.0

DOCUMENTATION: Final = "https://github.com/ocpp-home/ocpp-home/blob/main/docs"


class Newcomers(StrEnum):
    """What happens when a station dials in that nobody knows."""

    ASK = "ask"
    ACCEPT = "accept"
    IGNORE = "ignore"


class Admission(StrEnum):
    """Who may charge at a station."""

    EVERYBODY = "everybody"
    LISTED = "listed"
