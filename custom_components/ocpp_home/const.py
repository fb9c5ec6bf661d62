"""Names that more than one file of the integration uses."""

from enum import StrEnum
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "ocpp_home"
PLATFORMS: Final[tuple[Platform, ...]] = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
    Platform.TIME,
)

SUBENTRY_STATION: Final = "station"
SUBENTRY_CARD: Final = "card"
SUBENTRY_CIRCUIT: Final = "circuit"
SUBENTRY_VEHICLE: Final = "vehicle"

CONF_LEDGER: Final = "ledger"
CONF_PUBLISH_INTERVAL: Final = "publish_interval"
CONF_KEEP_READINGS: Final = "keep_readings"
CONF_KEEP_SESSIONS: Final = "keep_sessions"
CONF_NEWCOMERS: Final = "newcomers"
CONF_UNKNOWN_CARDS: Final = "unknown_cards"
CONF_LISTS: Final = "lists"
CONF_SEVERAL: Final = "several"
CONF_EVICT: Final = "evict"
CONF_AUTOCHARGE: Final = "autocharge"
CONF_TAGS: Final = "tags"
CONF_SHOW_NUMBERS: Final = "show_numbers"
CONF_PRICE_SOURCE: Final = "price_source"
CONF_PRICE: Final = "price"
CONF_PRICE_ENTITY: Final = "price_entity"
CONF_TELL_COSTS: Final = "tell_costs"
CONF_POST_PRICE: Final = "post_price"

CONF_TLS: Final = "tls"
CONF_TLS_NAMES: Final = "tls_names"
CONF_TLS_PORT: Final = "tls_port"
CONF_LEGACY_TLS: Final = "legacy_tls"
CONF_CERTIFICATE: Final = "certificate"
CONF_CERTIFICATE_FILE: Final = "certificate_file"
CONF_KEY_FILE: Final = "key_file"
CONF_TRUSTED_FILE: Final = "trusted_file"
CONF_CERTIFICATE_REACH: Final = "certificate_reach"
CONF_PROVIDER_URL: Final = "provider_url"
CONF_PROVIDER_TOKEN: Final = "provider_token"

CONF_NUMBER: Final = "number"
CONF_KIND: Final = "kind"
CONF_PERSON: Final = "person"
CONF_GROUP: Final = "group"
CONF_ACTIVE: Final = "active"
CONF_MASTER: Final = "master"
CONF_VALID_FROM: Final = "valid_from"
CONF_VALID_UNTIL: Final = "valid_until"
CONF_HOURS: Final = "hours"
CONF_WEEKDAYS: Final = "weekdays"
CONF_FROM: Final = "from"
CONF_TO: Final = "to"
CONF_STATIONS: Final = "stations"
CONF_ENERGY_BUDGET: Final = "energy_budget"
CONF_COST_BUDGET: Final = "cost_budget"

CONF_IDENTITY: Final = "identity"
CONF_MAXIMUM: Final = "maximum"
CONF_PHASES: Final = "phases"
CONF_SWITCHING: Final = "switching"
CONF_SAFE_LIMIT: Final = "safe_limit"
CONF_SAMPLE_INTERVAL: Final = "sample_interval"
CONF_ADMITTANCE: Final = "admittance"
CONF_TOKEN: Final = "token"
CONF_CONFIGURE: Final = "configure"
CONF_HOLD_BACK: Final = "hold_back"
CONF_PINGS: Final = "pings"
CONF_COMPRESSION: Final = "compression"
CONF_VERSIONS: Final = "versions"
CONF_SECURITY_PROFILE: Final = "security_profile"
CONF_ANY_USERNAME: Final = "any_username"
CONF_SECURITY_WAIVED: Final = "security_waived"
"""The owner has chosen that nobody has to prove to be this station."""

EVENT_SESSION_STARTED: Final = f"{DOMAIN}_session_started"
EVENT_SESSION_ENDED: Final = f"{DOMAIN}_session_ended"
EVENT_CARD_REFUSED: Final = f"{DOMAIN}_card_refused"
EVENT_INTRUDER: Final = f"{DOMAIN}_intruder"
EVENT_FILE: Final = f"{DOMAIN}_file"

DEFAULT_PORT: Final = 9000
DEFAULT_LEDGER: Final = "ledger.db"
DEFAULT_PUBLISH_INTERVAL: Final = 1.0
DEFAULT_KEEP_READINGS: Final = 400
"""Days."""

DOCUMENTATION: Final = "https://github.com/ocpp-home/ocpp-home/blob/main/docs"


class Newcomers(StrEnum):
    """What happens when a station dials in that nobody knows."""

    ASK = "ask"
    ACCEPT = "accept"
    IGNORE = "ignore"


class Admission(StrEnum):
    """What is done at a station about cards nobody knows."""

    HOUSEHOLD = "household"
    REFUSE = "refuse"
    ACCEPT = "accept"
    ASK = "ask"
    FREE = "free"


class Kind(StrEnum):
    """What a number that lets somebody charge belongs to."""

    CARD = "card"
    ISO14443 = "iso14443"
    ISO15693 = "iso15693"
    KEY_CODE = "key_code"
    CAR = "car"
    CONTRACT = "contract"
    CENTRAL = "central"
    LOCAL = "local"


class Weekday(StrEnum):
    """The days of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
