"""The vault: the secrets of one hub, in a file that nobody else can read and that Home Assistant's backups hold."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self, TypedDict

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.json import JsonObjectType

from .const import DOMAIN
from .csms.model.transaction import Json

VERSION: Final = 1


class _Contents(TypedDict, total=False):
    authority: Mapping[str, Json]
    passwords: dict[str, list[JsonObjectType]]
    pending: dict[str, JsonObjectType]
    roots: list[str]


class Vault:
    """What nobody may see, in no diagnostics and no log; what is changed is on disk when the change returns."""

    def __init__(self, store: Store[_Contents], contents: _Contents) -> None:
        """Keep `contents` in `store`."""
        self._store = store
        self._contents = contents

    @classmethod
    async def open(cls, hass: HomeAssistant, entry_id: str) -> Self:
        """Read what is kept for a hub; a new hub has nothing yet."""
        store = _store(hass, entry_id)
        return cls(store, await store.async_load() or {})

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(self._store.path)

    @property
    def authority(self) -> Mapping[str, Json] | None:
        """What is kept of the certificate authority, its keys included."""
        return self._contents.get("authority")

    async def set_authority(self, kept: Mapping[str, Json]) -> None:
        """Keep the certificate authority."""
        self._contents["authority"] = kept
        await self._store.async_save(self._contents)

    def password(self, name: str) -> tuple[JsonObjectType, ...]:
        """The salted hashes of the passwords of a station: the one in use, then one that is on its way to it."""
        return tuple(self._contents.get("passwords", {}).get(name.casefold(), ()))

    async def set_passwords(self, name: str, hashes: Sequence[JsonObjectType]) -> bool:
        """Keep the hashes of the passwords of a station, none for no password; tells whether they are on the disk.

        Home Assistant goes on where the disk takes nothing, so it is read again what is there.
        """
        passwords = self._contents.setdefault("passwords", {})
        if hashes:
            passwords[name.casefold()] = list(hashes)
        else:
            passwords.pop(name.casefold(), None)
        await self._store.async_save(self._contents)
        kept = await self._store.async_load() or {}
        return kept.get("passwords") == passwords

    def pending(self, name: str) -> JsonObjectType | None:
        """What is not over yet of a station's change to another security profile."""
        return self._contents.get("pending", {}).get(name.casefold())

    async def set_pending(self, name: str, pending: JsonObjectType | None) -> None:
        """Keep what is not over yet of a station's change to another security profile; None when all is."""
        kept = self._contents.setdefault("pending", {})
        if pending is not None:
            kept[name.casefold()] = pending
        elif kept.pop(name.casefold(), None) is None:
            return
        await self._store.async_save(self._contents)

    @property
    def roots(self) -> tuple[str, ...]:
        """The authorities that the contracts of cars are trusted by (PEM); nothing of it is secret."""
        return tuple(self._contents.get("roots", ()))

    async def set_roots(self, roots: Sequence[str]) -> None:
        """Trust the contracts of these authorities."""
        self._contents["roots"] = list(roots)
        await self._store.async_save(self._contents)


async def destroy(hass: HomeAssistant, entry_id: str) -> None:
    """Remove the vault of a hub that is gone for good."""
    await _store(hass, entry_id).async_remove()


def _store(hass: HomeAssistant, entry_id: str) -> Store[_Contents]:
    return Store(hass, VERSION, f"{DOMAIN}.{entry_id}", private=True, atomic_writes=True)
