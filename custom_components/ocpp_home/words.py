"""Words of a station among ours: they are shown where Markdown is read, and must not become links, pictures or HTML."""

import re
from typing import Final

_HARMLESS: Final = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "\\": "/", "\n": " "})
_SEAMS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s_]+")
_CONTROLLER: Final = re.compile(r"(?<=.)(Ctrlr|Controller)$")


def tame(text: str) -> str:
    """The text without what Markdown and HTML would make something else of."""
    return text.translate(_HARMLESS)


def masked(number: str) -> str:
    """The end of a card's number, enough to tell cards apart: four characters at most, and never more than half."""
    shown = min(4, len(number) // 2)
    return f"…{number[len(number) - shown :]}"


def spoken(name: str, *, first: bool = True) -> str:
    """A name of the specification's kind as people write it: `LocalAuthListCtrlr` is `Local auth list`."""
    words = [word for word in _SEAMS.split(_CONTROLLER.sub("", tame(name))) if word]
    told = [word if word[1:] != word[1:].lower() else word.lower() for word in words]
    if first and told:
        told[0] = told[0][:1].upper() + told[0][1:]
    return " ".join(told)
