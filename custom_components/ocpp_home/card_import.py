"""Cards from elsewhere, as a table or as the list of the integration `ocpp` in configuration.yaml, and the way back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
import csv
from dataclasses import dataclass, field
from datetime import date, time
import io
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.json import JsonObjectType, JsonValueType

from .cards import add_card, card_entries, card_id, free_name, kind_of, problems, token_of
from .const import (
    CONF_ACTIVE,
    CONF_COST_BUDGET,
    CONF_ENERGY_BUDGET,
    CONF_FROM,
    CONF_GROUP,
    CONF_HOURS,
    CONF_IDENTITY,
    CONF_KIND,
    CONF_MASTER,
    CONF_NUMBER,
    CONF_PERSON,
    CONF_STATIONS,
    CONF_TO,
    CONF_VALID_FROM,
    CONF_VALID_UNTIL,
    CONF_WEEKDAYS,
    SUBENTRY_STATION,
    Kind,
    Weekday,
)
from .csms.model.token import TokenType
from .words import masked

PLAIN: Final = (CONF_NUMBER, CONF_NAME, CONF_PERSON, CONF_GROUP)
"""The columns of a table without a first line that names them."""
COLUMNS: Final = (
    *PLAIN,
    CONF_KIND,
    CONF_ACTIVE,
    CONF_MASTER,
    CONF_VALID_FROM,
    CONF_VALID_UNTIL,
    CONF_WEEKDAYS,
    CONF_FROM,
    CONF_TO,
    CONF_HOURS,
    CONF_STATIONS,
    CONF_ENERGY_BUDGET,
    CONF_COST_BUDGET,
)
STATUS: Final = "authorization_status"
OTHER_WORDS: Final = {
    **dict.fromkeys(("id_tag", "idtag", "id_token", "token", "rfid", "uid", "tag"), CONF_NUMBER),
    **dict.fromkeys(("type", "token_type"), CONF_KIND),
    **dict.fromkeys(("holder", "owner", "user"), CONF_PERSON),
    **dict.fromkeys(("parent_id", "parent_id_tag"), CONF_GROUP),
    **dict.fromkeys(("authorization_states", "status"), STATUS),
}
"""What others call our columns."""
YES: Final = {"1", "accepted", "active", "on", "true", "x", "yes"}

type Row = Mapping[str, Any]


@dataclass(slots=True)
class CardImport:
    """Adds the cards a hub does not have and changes those it has; `dry_run` only tells what would be done."""

    hass: HomeAssistant
    entry: ConfigEntry
    dry_run: bool
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[JsonValueType] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    @property
    def told(self) -> JsonObjectType:
        """What it came to, card by card, as response data."""
        done: JsonObjectType = {"added": [*self.added], "updated": [*self.updated], "unchanged": [*self.unchanged]}
        return {**done, "skipped": self.skipped}

    @callback
    def take(self, rows: Iterable[Row]) -> None:
        """Bring in what the rows tell; one that cannot be understood keeps out no other."""
        for number, row in enumerate(rows, 1):
            try:
                self._take(dict(_data(self.entry, row)))
            except ValueError as error:
                self.skipped.append({"row": number, "reason": str(error)})

    def _take(self, data: dict[str, Any]) -> None:
        name, key = data.pop(CONF_NAME, ""), card_id(token_of(data))
        mine = next((card for card in card_entries(self.entry) if card.unique_id == key), None)
        data = {**mine.data, **data} if mine is not None else data
        problem = next(iter(problems(self.entry, data, mine).values()), "number_taken" if key in self._seen else None)
        if problem is not None:
            raise ValueError(problem)
        self._seen.add(key)
        if mine is None:
            self._add(name or data.get(CONF_PERSON) or masked(data[CONF_NUMBER]), data)
        else:
            self._update(mine, name or mine.title, data)

    def _add(self, name: str, data: dict[str, Any]) -> None:
        self.added.append(name)
        if not self.dry_run:
            add_card(self.hass, self.entry, name, data)

    def _update(self, mine: ConfigSubentry, name: str, data: dict[str, Any]) -> None:
        name = free_name(self.entry, name, data, mine)
        changed = name != mine.title or data != dict(mine.data)
        (self.updated if changed else self.unchanged).append(name)
        if changed and not self.dry_run:
            self.hass.config_entries.async_update_subentry(self.entry, mine, title=name, data=data)


def table(text: str) -> list[Row]:
    """The rows of a CSV text, whatever of comma, semicolon and tab is between its cells."""
    lines = [line for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else ""
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=max(",;\t", key=first.count)))
    head = [_column(cell) for cell in rows[0]] if rows else []
    if CONF_NUMBER in head:
        return [dict(zip(head, row, strict=False)) for row in rows[1:]]
    return [dict(zip(PLAIN, row, strict=False)) for row in rows]


def written(entry: ConfigEntry) -> str:
    """The cards of a hub as a CSV text that can be imported again."""
    page = io.StringIO()
    lines = csv.DictWriter(page, COLUMNS, lineterminator="\n")
    lines.writeheader()
    for card in card_entries(entry):
        told = {CONF_NAME: card.title, **card.data}
        lines.writerow({column: _cell(column, told.get(column)) for column in COLUMNS})
    return page.getvalue()


def _cell(column: str, told: Any) -> str:
    if isinstance(told, bool):
        return "yes" if told else "no"
    if column == CONF_HOURS:
        return ";".join(map(_spelled, told or ()))
    if isinstance(told, list):
        return (" " if column == CONF_WEEKDAYS else ";").join(told)
    return "" if told is None else str(told)


def _spelled(hours: Row) -> str:
    """Hours and their days as they are read again: `mon tue 08:00-12:30`."""
    begins, ends = (hours.get(name) or "" for name in (CONF_FROM, CONF_TO))
    return " ".join([*(hours.get(CONF_WEEKDAYS) or ()), *([f"{begins}-{ends}"] if begins or ends else ())])


def listed(told: Any) -> list[Row]:
    """The rows of the list of the integration `ocpp`, given by itself or with what stands around it."""
    while isinstance(told, Mapping):
        told = told.get("ocpp") or told.get("authorization_list") or ([told] if "id_tag" in told else [])
    return [{_column(key): value for key, value in row.items()} for row in told or () if isinstance(row, Mapping)]


def _data(entry: ConfigEntry, row: Row) -> Iterator[tuple[str, Any]]:
    """The name and the data of a card; raises ValueError with the name of the column that cannot be read."""
    cells = {column: cell for column, cell in row.items() if str(cell if cell is not None else "").strip()}
    if CONF_NUMBER not in cells:
        raise ValueError("invalid_number")
    for column, cell in cells.items():
        if column == CONF_STATIONS:
            yield column, [_station(entry, word) for word in _words(cell)]
        elif column == STATUS:
            yield CONF_ACTIVE, str(cell).strip().casefold() in YES
        elif column in READ:
            try:
                yield column, READ[column](cell)
            except ValueError as error:
                raise ValueError(f"invalid_{column}") from error


def _column(told: object) -> str:
    plain = str(told).strip().lstrip("\ufeff").casefold().replace(" ", "_").replace("-", "_")
    return OTHER_WORDS.get(plain, plain)


def _text(cell: object) -> str:
    return str(cell).strip()


def _flag(cell: object) -> bool:
    return _text(cell).casefold() in YES


def _words(cell: object) -> list[str]:
    """The words of a cell that holds several, or of a list."""
    told = cell if isinstance(cell, list | tuple) else _text(cell).replace("|", ";").split(";")
    return [_text(word) for word in told if _text(word)]


def _days(cell: object) -> list[str]:
    days = [day for word in _words(cell) for day in word.replace(",", " ").split()]
    return [Weekday(day.casefold()[:3]).value for day in days]


def _hours(cell: object) -> list[dict[str, Any]]:
    """Hours between semicolons: days, if not every day, and from when to when, if not all day."""
    found = []
    for word in _words(cell):
        told = word.replace(",", " ").split()
        begins, _, ends = told.pop().partition("-") if "-" in told[-1] else ("", "", "")
        hours: dict[str, Any] = {CONF_WEEKDAYS: _days(" ".join(told))} if told else {}
        hours |= {name: _time(clock) for name, clock in ((CONF_FROM, begins), (CONF_TO, ends)) if clock}
        found.append(hours)
    return found


def _kind(cell: object) -> str:
    """In our words or in those of OCPP."""
    plain = _text(cell)
    types = {type_.value.casefold(): type_ for type_ in TokenType}
    if plain.casefold() in types:
        return kind_of(types[plain.casefold()]).value
    return Kind(plain.casefold()).value


def _day(cell: object) -> str:
    return date.fromisoformat(_text(cell)[:10]).isoformat()


def _time(cell: object) -> str:
    return time.fromisoformat(_text(cell)).isoformat()


def _amount(cell: object) -> float:
    amount = float(_text(cell).replace(",", "."))
    if amount < 0:
        raise ValueError("negative")
    return amount


def _station(entry: ConfigEntry, word: str) -> str:
    """The identity of a station that is named by it or by its title; one that is not there keeps its name.

    An EVSE of it is named by a slash and its number.
    """
    for subentry in entry.subentries.values():
        if subentry.subentry_type == SUBENTRY_STATION:
            identity: str = subentry.data[CONF_IDENTITY]
            if word.casefold() in (identity.casefold(), subentry.title.casefold()):
                return identity
    name, slash, number = word.rpartition("/")
    return f"{_station(entry, name.strip())}/{int(number)}" if slash and number.strip().isdecimal() else word


READ: Final[Mapping[str, Callable[[object], Any]]] = {
    CONF_NUMBER: _text,
    CONF_NAME: _text,
    CONF_PERSON: _text,
    CONF_GROUP: _text,
    CONF_KIND: _kind,
    CONF_ACTIVE: _flag,
    CONF_MASTER: _flag,
    CONF_VALID_FROM: _day,
    CONF_VALID_UNTIL: _day,
    CONF_WEEKDAYS: _days,
    CONF_FROM: _time,
    CONF_TO: _time,
    CONF_HOURS: _hours,
    CONF_ENERGY_BUDGET: _amount,
    CONF_COST_BUDGET: _amount,
}
