"""The form of a card: what can be filled in, what it begins with, and what is made of it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
import voluptuous as vol

from .cards import card_entries
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
from .export import names_of

if TYPE_CHECKING:
    from .hub import OcppHomeEntry

SECTION_RULES: Final = "rules"
RULES: Final = (
    CONF_ACTIVE,
    CONF_VALID_FROM,
    CONF_VALID_UNTIL,
    CONF_WEEKDAYS,
    CONF_FROM,
    CONF_TO,
    CONF_HOURS,
    CONF_STATIONS,
    CONF_ENERGY_BUDGET,
    CONF_COST_BUDGET,
    CONF_MASTER,
)
USUAL: Final[Mapping[str, Any]] = {CONF_KIND: Kind.CARD, CONF_ACTIVE: True, CONF_MASTER: False}

type Fields = Mapping[str, Any]


def card_schema(hass: HomeAssistant, entry: OcppHomeEntry, data: Fields) -> vol.Schema:
    """The form of a card that has this data so far; what it leaves empty does not restrict the card."""
    rules = {
        vol.Required(CONF_ACTIVE): BooleanSelector(),
        vol.Optional(CONF_VALID_FROM): DateSelector(),
        vol.Optional(CONF_VALID_UNTIL): DateSelector(),
        vol.Optional(CONF_WEEKDAYS): SelectSelector(
            SelectSelectorConfig(
                options=list(Weekday), translation_key="weekday", multiple=True, mode=SelectSelectorMode.LIST
            )
        ),
        vol.Optional(CONF_FROM): TimeSelector(),
        vol.Optional(CONF_TO): TimeSelector(),
        vol.Optional(CONF_HOURS): _hours(),
        vol.Optional(CONF_STATIONS): SelectSelector(
            SelectSelectorConfig(options=_stations(entry, data), multiple=True, mode=SelectSelectorMode.DROPDOWN)
        ),
        vol.Optional(CONF_ENERGY_BUDGET): _budget("kWh"),
        vol.Optional(CONF_COST_BUDGET): _budget(hass.config.currency),
        vol.Required(CONF_MASTER): BooleanSelector(),
    }
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_NUMBER): _suggesting(_tags(hass, entry)),
            vol.Required(CONF_KIND): SelectSelector(SelectSelectorConfig(options=list(Kind), translation_key="kind")),
            vol.Optional(CONF_PERSON): _suggesting(_persons(hass)),
            vol.Optional(CONF_GROUP): TextSelector(),
            vol.Required(SECTION_RULES): section(vol.Schema(rules), {"collapsed": not _ruled(data)}),
        }
    )


def form_values(name: str, data: Fields) -> dict[str, Any]:
    """What the form shows for a card."""
    told = {**USUAL, **data}
    return {CONF_NAME: name, **told, SECTION_RULES: {key: told[key] for key in RULES if key in told}}


def form_data(user_input: Fields) -> tuple[str, dict[str, Any]]:
    """The name and the data of a card from its form; what was left empty is not in it."""
    told = {**user_input, **user_input[SECTION_RULES]}
    name, number = told[CONF_NAME].strip(), told[CONF_NUMBER].strip()
    kept = {key: value for key, value in told.items() if key not in (CONF_NAME, SECTION_RULES)}
    kept |= {key: kept[key].strip() for key in (CONF_PERSON, CONF_GROUP) if key in kept}
    kept[CONF_HOURS] = [one for one in told.get(CONF_HOURS) or () if any(one.values())]
    return name or number, {key: value for key, value in kept.items() if value not in ("", None, [])} | {
        CONF_NUMBER: number
    }


def _ruled(data: Fields) -> bool:
    """Whether any rule is not as usual, which should be seen at once."""
    return any(key in data and data[key] != USUAL.get(key) for key in RULES)


def _hours() -> ObjectSelector:
    """Further hours, each with its days; the days bear plain labels, for a list within a list is not translated."""
    days = [SelectOptionDict(value=day, label=day.capitalize()) for day in Weekday]
    fields: dict[str, Selector[Any]] = {
        CONF_WEEKDAYS: SelectSelector(
            SelectSelectorConfig(options=days, multiple=True, mode=SelectSelectorMode.DROPDOWN)
        ),
        CONF_FROM: TimeSelector(),
        CONF_TO: TimeSelector(),
    }
    return ObjectSelector(
        ObjectSelectorConfig(
            fields={name: ObjectSelectorField(selector=selector) for name, selector in fields.items()},
            multiple=True,
            translation_key="hours",
        )
    )


def _budget(unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=0, max=100_000, step=1, unit_of_measurement=unit, mode=NumberSelectorMode.BOX)
    )


def _suggesting(options: list[SelectOptionDict]) -> SelectSelector | TextSelector:
    """A text, and what Home Assistant knows already to choose from."""
    if not options:
        return TextSelector()
    return SelectSelector(
        SelectSelectorConfig(options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN, sort=True)
    )


def _persons(hass: HomeAssistant) -> list[SelectOptionDict]:
    return [SelectOptionDict(value=state.name, label=state.name) for state in hass.states.async_all("person")]


def _tags(hass: HomeAssistant, entry: OcppHomeEntry) -> list[SelectOptionDict]:
    """Home Assistant's tags that are no cards of the hub yet."""
    known = {name for card in card_entries(entry) for name in (card.data[CONF_NUMBER], card.subentry_id)}
    found = []
    for state in hass.states.async_all("tag"):
        number = state.attributes.get("tag_id")
        if isinstance(number, str) and number not in known:
            found.append(SelectOptionDict(value=number, label=f"{state.name} ({number})"))
    return found


def _stations(entry: OcppHomeEntry, data: Fields) -> list[SelectOptionDict]:
    """The stations of the hub, the EVSEs of those with several, and what the card names that is no longer there."""
    titles: dict[str, str] = {}
    for subentry in entry.subentries.values():
        if subentry.subentry_type == SUBENTRY_STATION:
            identity = subentry.data[CONF_IDENTITY]
            titles[identity] = subentry.title
            titles |= {f"{identity}/{number}": name for number, name in _evses(entry, identity)}
    gone = {place: place for place in data.get(CONF_STATIONS) or ()}
    return [SelectOptionDict(value=place, label=title) for place, title in (gone | titles).items()]


def _evses(entry: OcppHomeEntry, identity: str) -> Iterator[tuple[int, str]]:
    """Numbers and names of the EVSEs of a station that has more than one, as far as the hub runs."""
    if entry.state is not ConfigEntryState.LOADED:
        return
    hub = entry.runtime_data
    station = hub.stations.get(identity.casefold())
    if station is not None and len(station.evses) > 1:
        names = names_of(hub)
        yield from ((number, names.place(station.name, number)) for number in sorted(station.evses))
