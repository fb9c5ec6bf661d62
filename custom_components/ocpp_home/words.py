"""Words of a station among ours: they are shown where Markdown is read, and must not become links, pictures or HTML."""

from typing import Final

_HARMLESS: Final = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "\\": "/", "\n": " "})


def tame(text: str) -> str:
    """The text without what Markdown and HTML would make something else of."""
    return text.translate(_HARMLESS)
