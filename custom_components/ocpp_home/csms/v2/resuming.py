"""The TxProfiles of running sessions, for stations that forget them with their power (OCPP 2.1 ed. 1 - E17.FR.15)."""

from collections.abc import Mapping
from typing import Final

from ..dialogue.ways import TX
from ..model.commands import ProfileFilter
from ..model.evse import Evse
from ..model.station import Station
from ..model.transaction import Json
from ..wire.frame import Payload
from . import starts

PROFILE: Final = "profile"
"""Under this name a start brings its profile along."""


def expect(station: Station, number: int, profile: Mapping[str, Json]) -> None:
    """Note the profile that a start by command brings along."""
    starts.expect(station, number, {PROFILE: profile})


def remember(station: Station, evse: int, transaction: str, profile: Mapping[str, Json]) -> None:
    """Note a TxProfile that somebody has installed for a transaction, as it was."""
    if profile.get("chargingProfilePurpose") == TX:
        others = {name: one for name, one in _known(station, evse, transaction).items() if name != str(profile["id"])}
        _keep(station, evse, transaction, others | {str(profile["id"]): profile})


def forget(station: Station, which: ProfileFilter) -> None:
    """Note that the profiles that match were cleared."""
    for number in list(station.evses):
        kept = station.ledger.recall(station.name, _key(number))
        if which.evse in {None, number} and isinstance(kept, Mapping):
            transaction = str(kept.get("transaction"))
            known = _known(station, number, transaction)
            left = {name: profile for name, profile in known.items() if not _matches(profile, which)}
            _keep(station, number, transaction, left)


def lost(station: Station, evse: Evse) -> list[Payload]:
    """The profiles that the transaction of an EVSE had, unless its station keeps them by itself."""
    if evse.transaction is None or keeps(station):
        return []
    known = _known(station, evse.id, evse.transaction.id)
    return [{**profile, "transactionId": evse.transaction.id} for profile in known.values()]


def keeps(station: Station) -> bool:
    """Whether the station says that its TxProfiles outlive its power."""
    return station.variables.flag("ChargingProfilePersistence", "SmartChargingCtrlr", instance=TX) is True


def _matches(profile: Payload, which: ProfileFilter) -> bool:
    asked = {
        "id": which.id,
        "chargingProfilePurpose": None if which.id is not None else which.purpose,
        "stackLevel": None if which.id is not None else which.stack_level,
    }
    return all(profile.get(name) == value for name, value in asked.items() if value is not None)


def _known(station: Station, evse: int, transaction: str) -> dict[str, Payload]:
    match station.ledger.recall(station.name, _key(evse)):
        case {"transaction": str(name), "profiles": Mapping() as profiles} if name == transaction:
            return {key: dict(profile) for key, profile in profiles.items() if isinstance(profile, Mapping)}
    return {}


def _keep(station: Station, evse: int, transaction: str, profiles: Mapping[str, Json]) -> None:
    station.keep(_key(evse), {"transaction": transaction, "profiles": profiles} if profiles else None)


def _key(evse: int) -> str:
    return f"tx_profiles/{evse}"
