"""Words of a station among ours: whatever shows them must not make links, pictures, HTML or other lines of them."""

from collections.abc import Mapping
import re
from typing import Final, cast

_NO_TAGS: Final = str.maketrans({"<": "‹", ">": "›"})
_HARMLESS: Final = str.maketrans({"[": "(", "]": ")", "`": "'", "\\": "/"})
_LINK: Final = re.compile(r"://|(?<=www)\.|(?<=\w)@(?=\w)", re.IGNORECASE)
_UNLINKED: Final = {"://": ":⁄⁄", ".": "․", "@": "＠"}
"""What Markdown makes a link of although nobody said so (GitHub Flavored Markdown - 6.9), in marks that look alike."""
_SEAMS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s_]+")
_CONTROLLER: Final = re.compile(r"(?<=.)(Ctrlr|Controller)$")


def plain(text: str) -> str:
    """The text without what HTML would make something else of, and without marks that are seen by nobody."""
    if not text.isprintable():
        text = "".join(mark if mark.isprintable() else " " * mark.isspace() for mark in text)
    return text.translate(_NO_TAGS) if "<" in text or ">" in text else text


def tame(text: str) -> str:
    """The text without what Markdown would make something else of either."""
    return _LINK.sub(lambda found: _UNLINKED[found[0]], plain(text).translate(_HARMLESS))


def shown[ToldT](told: ToldT) -> ToldT:
    """What is told, with all texts in it plain, for states, their attributes and events."""
    if told is None or isinstance(told, int | float):  # what most states are, told every second
        return told
    if isinstance(told, str):
        return cast(ToldT, plain(told))
    if isinstance(told, Mapping):
        return cast(ToldT, {shown(name): shown(part) for name, part in told.items()})
    if isinstance(told, list | tuple):
        parts = [shown(part) for part in told]
        return cast(ToldT, parts if isinstance(told, list) else tuple(parts))
    return told


def masked(number: str) -> str:
    """The end of a card's number, enough to tell cards apart: four characters at most, and never more than half."""
    shown = min(4, len(number) // 2)
    return tame(f"…{number[len(number) - shown :]}")


def spoken(name: str, *, first: bool = True) -> str:
    """A name of the specification's kind as people write it: `LocalAuthListCtrlr` is `Local auth list`."""
    words = [word for word in _SEAMS.split(_CONTROLLER.sub("", tame(name))) if word]
    told = [word if word[1:] != word[1:].lower() else word.lower() for word in words]
    if first and told:
        told[0] = told[0][:1].upper() + told[0][1:]
    return " ".join(told)
