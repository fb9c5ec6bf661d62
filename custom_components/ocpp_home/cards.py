"""Cards of the household: from the data of their subentries to the words of the model."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .const import (
    CONF_ACTIVE,
    CONF_COST_BUDGET,
    CONF_ENERGY_BUDGET,
    CONF_FROM,
    CONF_GROUP,
    CONF_HOURS,
    CONF_KIND,
    CONF_MASTER,
    CONF_NUMBER,
    CONF_PERSON,
    CONF_STATIONS,
    CONF_TO,
    CONF_VALID_FROM,
    CONF_VALID_UNTIL,
    CONF_WEEKDAYS,
    SUBENTRY_CARD,
    Kind,
    Weekday,
)
from .csms.model.card import EVERY_DAY, Card, Cards, Window
from .csms.model.token import Token, TokenType
from .words import masked

TYPES: Final[Mapping[Kind, TokenType]] = {
    Kind.CARD: TokenType.UNKNOWN,
    Kind.ISO14443: TokenType.ISO14443,
    Kind.ISO15693: TokenType.ISO15693,
    Kind.KEY_CODE: TokenType.KEY_CODE,
    Kind.CAR: TokenType.MAC_ADDRESS,
    Kind.CONTRACT: TokenType.EMAID,
    Kind.CENTRAL: TokenType.CENTRAL,
    Kind.LOCAL: TokenType.LOCAL,
}
KINDS: Final[Mapping[TokenType, Kind]] = {type_: kind for kind, type_ in TYPES.items()}

MAX_NUMBER: Final = 36
"""OCPP 2.0.1 ed. 3 - 2.32: an idToken has at most 36 characters."""
MAX_GROUP: Final = 20
"""OCPP 1.6 ed. 2 - 7.28: an IdToken has at most 20 characters, and a parentIdTag is one."""
DAY: Final = timedelta(days=1)

type Fields = Mapping[str, Any]


def kind_of(type_: str) -> Kind:
    """What a type of token in the words of OCPP is in ours."""
    return KINDS.get(TokenType(type_), Kind.CARD)


def token_of(data: Fields) -> Token:
    """The token a card shows."""
    return Token(data[CONF_NUMBER], TYPES[Kind(data.get(CONF_KIND, Kind.CARD))])


def card_id(token: Token) -> str:
    """What names a card among subentries and discoveries; no station is called so, for its identity has no slash."""
    return f"card/{token.key}"


def card_of(name: str, data: Fields, zone: tzinfo) -> Card:
    """The card a subentry holds; its days and hours are those of `zone`."""
    until = _midnight(data.get(CONF_VALID_UNTIL), zone, DAY)
    places: Iterable[str] = data.get(CONF_STATIONS) or ()
    return Card(
        token=token_of(data),
        name=name,
        person=data.get(CONF_PERSON) or "",
        group=data.get(CONF_GROUP) or "",
        active=data.get(CONF_ACTIVE, True),
        master=data.get(CONF_MASTER, False),
        begins=_midnight(data.get(CONF_VALID_FROM), zone),
        ends=until,
        hours=_hours(data),
        stations=frozenset(place for place in places if "/" not in place),
        outlets=frozenset(_outlet(place) for place in places if "/" in place),
        energy_budget=_budget(data.get(CONF_ENERGY_BUDGET), 1000),
        cost_budget=_budget(data.get(CONF_COST_BUDGET), 1),
    )


def card_entries(entry: ConfigEntry) -> Iterator[ConfigSubentry]:
    """The subentries that are cards."""
    return (subentry for subentry in entry.subentries.values() if subentry.subentry_type == SUBENTRY_CARD)


def cards_of(entry: ConfigEntry, zone: tzinfo) -> Cards:
    """All cards of a hub."""
    return Cards(tuple(card_of(subentry.title, subentry.data, zone) for subentry in card_entries(entry)))


def problems(entry: ConfigEntry, data: Fields, mine: ConfigSubentry | None = None) -> dict[str, str]:
    """What is wrong with the data of a card that is new or, where `mine` is given, is to replace that one's."""
    errors: dict[str, str] = {}
    number, key = data[CONF_NUMBER], card_id(token_of(data))
    if not 0 < len(number) <= MAX_NUMBER or not number.isprintable() or not token_of(data).key:
        errors[CONF_NUMBER] = "invalid_number"
    elif any(other.unique_id == key and other is not mine for other in card_entries(entry)):
        errors[CONF_NUMBER] = "number_taken"
    if len(data.get(CONF_GROUP) or "") > MAX_GROUP:
        errors[CONF_GROUP] = "invalid_group"
    begins, ends = data.get(CONF_VALID_FROM), data.get(CONF_VALID_UNTIL)
    if begins and ends and date.fromisoformat(ends) < date.fromisoformat(begins):
        errors["base"] = "until_before_from"
    return errors


@callback
def add_card(hass: HomeAssistant, entry: ConfigEntry, name: str, data: Fields) -> None:
    """Add a card to a hub; raises AbortFlow when it has one of that number."""
    subentry = ConfigSubentry(
        data=MappingProxyType(dict(data)),
        subentry_type=SUBENTRY_CARD,
        title=free_name(entry, name, data),
        unique_id=card_id(token_of(data)),
    )
    hass.config_entries.async_add_subentry(entry, subentry)


def free_name(entry: ConfigEntry, name: str, data: Fields, mine: ConfigSubentry | None = None) -> str:
    """The name, with the end of the number added where another card has the same one."""
    taken = {other.title.casefold() for other in card_entries(entry) if other is not mine}
    return f"{name} ({masked(data[CONF_NUMBER])})" if name.casefold() in taken else name


def _midnight(day: str | None, zone: tzinfo, later: timedelta = timedelta()) -> datetime | None:
    """The moment (UTC) a day begins on the clock on the wall."""
    return datetime.combine(date.fromisoformat(day) + later, time(), zone).astimezone(UTC) if day else None


def _hours(data: Fields) -> tuple[Window, ...]:
    """The hours of the card itself, and the further ones."""
    windows = (_window(told) for told in (data, *(data.get(CONF_HOURS) or ())))
    return tuple(window for window in windows if window is not None)


def _window(told: Fields) -> Window | None:
    days, begins, ends = told.get(CONF_WEEKDAYS) or (), told.get(CONF_FROM), told.get(CONF_TO)
    if not days and not begins and not ends:
        return None
    numbers = frozenset(tuple(Weekday).index(Weekday(day)) for day in days)
    return Window(_time(begins), _time(ends), numbers or EVERY_DAY)


def _outlet(place: str) -> tuple[str, int]:
    """The EVSE that is meant by the identity of its station and its number; an identity has no slash."""
    station, _, number = place.rpartition("/")
    return station, int(number) if number.isdecimal() else 0


def _time(told: str | None) -> time:
    return time.fromisoformat(told) if told else time()


def _budget(told: float | None, factor: float) -> float | None:
    """What may be used in a month; nothing and 0 restrict nobody."""
    return float(told) * factor if told else None
