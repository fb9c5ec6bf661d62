"""Which ways energy may take between a car and a station (OCPP 2.1 - Q01, Q02).

The owner decides by the station's own switch, V2XChargingCtrlr.Enabled, or for one transaction with `Grid.allow`.
"""

from collections.abc import Sequence
from typing import Final

from ..model.evse import Evse
from ..model.station import Station
from ..wire.frame import Payload

BOTH_WAYS: Final = frozenset({"AC_BPT", "AC_BPT_DER", "DC_ACDP_BPT", "DC_BPT"})
"""OCPP 2.1 - EnergyTransferModeEnumType: what lets a car give energy back."""
ONE_WAY: Final = frozenset({"AC_DER", "AC_single_phase", "AC_three_phase", "AC_two_phase", "DC", "DC_ACDP", "WPT"})
CONTROLLER: Final = "V2XChargingCtrlr"


def told(station: Station) -> Payload:
    """What an answer to Authorize says of it: all that the station can, where it could be two ways (Q01.FR.01).

    Q01.FR.08, Q02.FR.03: nothing where it does not tell what it can; then a car is charged only.
    """
    if station.version != "2.1" or not all(_enabled(station, name) for name in ("ISO15118Ctrlr", CONTROLLER)):
        return {}
    known = station.variables.words("SupportedEnergyTransferModes", CONTROLLER)
    transfers = [word for word in known if word in BOTH_WAYS | ONE_WAY]
    return {"allowedEnergyTransfer": transfers} if transfers else {}


def accepts(station: Station, evse: Evse, transfer: str) -> bool:
    """Whether the car of an EVSE may have its energy in the way it asks for."""
    allowed = _allowed(station, evse)
    if allowed is not None:
        return transfer in allowed
    return transfer not in BOTH_WAYS or _enabled(station, CONTROLLER) is not False


def allow(station: Station, transaction: str, transfers: Sequence[str]) -> None:
    """Note the ways that are allowed for a transaction."""
    for evse in station.evses.values():
        if evse.transaction is not None and evse.transaction.id == transaction:
            station.keep(_key(evse), {"transaction": transaction, "transfers": list(transfers)})


def _allowed(station: Station, evse: Evse) -> list[str] | None:
    match station.ledger.recall(station.name, _key(evse)):
        case {"transaction": str(number), "transfers": [*transfers]} if (
            evse.transaction is not None and evse.transaction.id == number
        ):
            return [str(transfer) for transfer in transfers]
    return None


def _enabled(station: Station, controller: str) -> bool | None:
    return station.variables.flag("Enabled", controller)


def _key(evse: Evse) -> str:
    return f"transfers/{evse.id}"
