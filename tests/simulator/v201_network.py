"""Network connection profiles: where a 2.x station dials, in which order (OCPP 2.0.1 ed. 3 - A05, B09, B10)."""

from typing import TYPE_CHECKING

from .dialect import Answer
from .oddities import Payload
from .ways import CLIENT, TLS, Way

if TYPE_CHECKING:
    from .machine import Machine

PRIORITY, ACTIVE = "OCPPCommCtrlr.NetworkConfigurationPriority", "OCPPCommCtrlr.ActiveNetworkProfile"
PROFILE = "SecurityCtrlr.SecurityProfile"
SLOTS = ("1", "2", "3")


def slots(machine: Machine) -> dict[int, Payload]:
    """The connections by slot; the first is the one the factory made."""
    made: dict[int, Payload] = machine.shelf.setdefault("network", {1: {"ocppCsmsUrl": "", "securityProfile": 0}})
    return made


def set_network_profile(machine: Machine, payload: Payload) -> Payload:
    """B09: JSON only, in a slot there is (FR.05), and no lower security than today (FR.04)."""
    slot, data = payload["configurationSlot"], payload["connectionData"]
    lower = data["securityProfile"] < machine.configuration.number(PROFILE)
    if str(slot) not in SLOTS or data["ocppTransport"] != "JSON" or lower:
        return {"status": "Rejected"}
    slots(machine)[slot] = data
    return {"status": "Accepted"}


def fit(machine: Machine, priority: str) -> bool:
    """Whether the station can go by this order (B10.FR.02; A05.FR.02, FR.03)."""
    chosen = [slots(machine).get(int(slot)) for slot in priority.split(",") if slot.strip().isdecimal()]
    return bool(chosen) and all(data is not None and _possible(machine, data) for data in chosen)


def _possible(machine: Machine, data: Payload) -> bool:
    profile = data["securityProfile"]
    if "ocppCsmsUrl" not in data:
        return False  # variable by variable (2.1), and not finished
    if profile <= machine.configuration.number(PROFILE):
        return True
    return (profile < TLS or bool(machine.trust.roots)) and (profile < CLIENT or machine.trust.own() is not None)


def way(machine: Machine) -> Way:
    """The connection in use."""
    return _of(machine, machine.configuration.number(ACTIVE, 1))


def ways(machine: Machine) -> list[Way]:
    """B10.FR.03: in the order of the priority."""
    return [_of(machine, int(slot)) for slot in machine.configuration.items(PRIORITY)]


def _of(machine: Machine, slot: int) -> Way:
    data = slots(machine).get(slot, {"securityProfile": 0})
    password = data.get("basicAuthPassword", machine.credentials.password)
    return Way(data.get("ocppCsmsUrl") or machine.url, data["securityProfile"], password, slot)


def arrived(machine: Machine, way: Way) -> None:
    """A05.FR.06: what is less secure is forgotten."""
    settings = machine.configuration
    settings.preset(ACTIVE, str(way.slot))
    settings.preset(PROFILE, str(way.profile))
    weaker = [slot for slot, data in slots(machine).items() if data["securityProfile"] < way.profile]
    for slot in weaker:
        del slots(machine)[slot]
    if weaker:
        kept = [slot for slot in settings.items(PRIORITY) if int(slot) in slots(machine)]
        settings.preset(PRIORITY, ",".join(kept))
    if way.profile >= TLS and settings.on("AdditionalRootCertificateCheck"):
        del machine.trust.certificates["CSMSRootCertificate"][1:]  # M05.FR.13


def revert(machine: Machine) -> None:
    """B10.FR.07: the last connection that worked; the priority is the central system's and stays."""


ANSWERS: dict[str, Answer] = {"SetNetworkProfile": set_network_profile}
