"""Whom the station knows by itself: authorization cache and local list (OCPP 1.6 ed. 2 - 3.5)."""

from dataclasses import dataclass, field
from datetime import datetime

from .clock import moment
from .oddities import Payload

ACCEPTED, INVALID, EXPIRED = "Accepted", "Invalid", "Expired"


@dataclass
class KnownTags:
    """Both lists are durable; tags compare without case (CiString20Type)."""

    cache: dict[str, Payload] = field(default_factory=dict)
    listed: dict[str, Payload] = field(default_factory=dict)
    version: int = 0

    def learn(self, tag: str, info: Payload | None) -> None:
        """Keep an idTagInfo in the cache; what is in the list never goes there (3.5.3)."""
        if info is not None and tag.casefold() not in self.listed:
            self.cache[tag.casefold()] = info

    def status(self, tag: str, now: datetime, *, cached: bool, listed: bool) -> str | None:
        """What is known of a tag, the list going before the cache; None when nothing is."""
        info = self._info(tag, cached=cached, listed=listed)
        if info is None:
            return None
        if info["status"] == ACCEPTED and "expiryDate" in info and moment(info["expiryDate"]) <= now:
            return EXPIRED
        return str(info["status"])

    def conflict(self, tag: str, info: Payload) -> bool:
        """Whether the central system thinks otherwise of a tag than its own list does (3.5.2)."""
        listed = self.listed.get(tag.casefold())
        return listed is not None and listed["status"] != info["status"]

    def parent(self, tag: str) -> str | None:
        """The group a tag belongs to, as far as known."""
        info = self._info(tag, cached=True, listed=True)
        return info.get("parentIdTag") if info else None

    def replace(self, entries: list[Payload], version: int) -> None:
        """Take over a full list (5.15)."""
        self.listed.clear()
        self.update(entries, version)

    def update(self, entries: list[Payload], version: int) -> None:
        """Apply differences: an entry without idTagInfo is removed (7.1)."""
        for entry in entries:
            tag = entry["idTag"].casefold()
            if "idTagInfo" in entry:
                self.listed[tag] = entry["idTagInfo"]
                self.cache.pop(tag, None)
            else:
                self.listed.pop(tag, None)
        self.version = version

    def _info(self, tag: str, *, cached: bool, listed: bool) -> Payload | None:
        folded = tag.casefold()
        if listed and folded in self.listed:
            return self.listed[folded]
        return self.cache.get(folded) if cached else None
