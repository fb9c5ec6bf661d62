"""Everything that leaves us, and what "escaped" means in each place; the rules are here and nowhere else.

| output | a text of a station there ... |
|---|---|
| state, attribute, event, registry | is printable and holds no tag: what shows it may take it for HTML |
| markdown (repairs, notifications, forms, titles) | besides makes no link, picture or code |
| log | is one line: nothing that a terminal obeys, no line that it began |
| file (diagnostics, answers of actions) | is valid JSON in UTF-8, as long as it may be |
| answer (to the station) | is not there, but for ids it may expect back |
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
import json
import logging
import re
from typing import Any, Final

from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import JSONEncoder

from custom_components.ocpp_home.logbook import LINES

from .corpus import FORGED, MARK, PRODUCT

LONGEST: Final = 5000
"""No single text that is shown or kept is longer."""
_MARKDOWN: Final = re.compile(r"[\[\]`\\<>]|://|www\.|\w@\w", re.IGNORECASE)
_TERMINAL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> bool:
    """Whether a text is shown as what it is, wherever HTML is understood."""
    return text.isprintable() and "<" not in text and ">" not in text and len(text) <= LONGEST


def tame(text: str) -> bool:
    """Whether a text is shown as what it is, wherever Markdown is understood."""
    return plain(text) and _MARKDOWN.search(text) is None


def one_line(text: str) -> bool:
    """Whether a text is one line for a terminal and for whoever reads logs."""
    return "\n" not in text and "\t" not in text and _TERMINAL.search(text) is None


RULES: Final = {"shown": plain, "markdown": tame, "log": one_line}


class Ear:
    """Hears what is put out, and keeps what breaks a rule."""

    def __init__(self) -> None:
        self.escapes: set[tuple[str, str, str]] = set()
        """Rule, place, text."""
        self.heard: Counter[str] = Counter()
        """How many texts of the corpus came out, by rule and kind of place."""

    def hear(self, rule: str, place: str, told: object) -> None:
        """Take something that is put out, whatever it is made of."""
        for text in texts(told):
            if MARK in text:
                self.heard[place.split(" ", maxsplit=1)[0]] += 1
            if not RULES[rule](text) or PRODUCT in text:
                self.escapes.add((rule, place, text[:200]))

    def listen(self, hass: HomeAssistant) -> None:
        """Hear everything on the bus, and the repairs as they come."""
        hass.bus.async_listen(MATCH_ALL, self._bus)
        hass.bus.async_listen(ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, partial(self._repair, ir.async_get(hass)))

    @callback
    def _repair(self, registry: ir.IssueRegistry, event: Event[Any]) -> None:
        issue = registry.async_get_issue(event.data["domain"], event.data["issue_id"])
        if issue is not None:
            self.hear("markdown", f"repair {issue.translation_key}", issue.translation_placeholders)
            self.hear("shown", f"repair {issue.issue_id}", [issue.issue_id, issue.learn_more_url])

    @callback
    def _bus(self, event: Event[Any]) -> None:
        """Take an event of Home Assistant; of states what they are made of."""
        kind = str(event.event_type)
        if kind in LINES:
            self.hear("shown", f"logbook {kind}", LINES[kind][0](event.data))
        if kind == "state_changed":
            state: State | None = event.data["new_state"]
            if state is not None:
                self.hear("shown", f"state of {state.entity_id}", state.state)
                self.hear("shown", f"attribute of {state.entity_id}", state.attributes)
        else:
            self.hear("shown", f"event {kind}", event.data)

    def file(self, place: str, told: object, longest: int = 3_000_000) -> str:
        """Take something that is downloaded or answered as JSON."""
        try:
            text = json.dumps(told, cls=JSONEncoder)  # as Home Assistant writes what is downloaded
            text.encode()
        except (ValueError, TypeError) as error:
            self.escapes.add(("file", place, repr(error)))
            return ""
        if len(text) > longest or PRODUCT in text or _TERMINAL.search(text) is not None:
            self.escapes.add(("file", place, f"{len(text)} characters: {text[:100]}"))
        self.heard[place.split(" ", maxsplit=1)[0]] += text.count(MARK)
        return text


class Log(logging.Handler):
    """Hears the log, formatted as it is written to the file."""

    def __init__(self, ear: Ear) -> None:
        super().__init__(logging.DEBUG)
        self._ear = ear

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line."""
        self._ear.hear("log", f"log {record.name}", record.getMessage())
        written = self.format(record)
        if f"\n{FORGED}" in written or "\x1b" in written:
            self._ear.escapes.add(("log", record.name, written))


def texts(told: object) -> Iterator[str]:
    """All texts in something, the names of its parts too."""
    if isinstance(told, str):
        yield str(told)
    elif isinstance(told, Mapping):
        for name, part in told.items():
            yield str(name)
            yield from texts(part)
    elif isinstance(told, list | tuple | set | frozenset):
        for part in told:
            yield from texts(part)
