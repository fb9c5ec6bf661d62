"""Answers: certificates, and the security profile (OCPP 1.6 security whitepaper ed. 3 - A02, A05, M03 to M05)."""

from typing import TYPE_CHECKING, cast

from .configuration import ACCEPTED as YES, REBOOT_REQUIRED, REJECTED as NO, Configuration
from .dialect import Answer
from .oddities import Payload
from .ways import BASIC, CLIENT, TLS, Way, secure, switch

if TYPE_CHECKING:
    from .machine import Machine

MISTRUST = "InvalidCentralSystemCertificate"
OWN = "ChargePoint"
PROFILE, PASSWORD = "SecurityProfile", "AuthorizationKey"
WORKED = "profile that worked"  # on the shelf
ROOM = 20  # certificates, unless CertificateStoreMaxLength says otherwise


def _keys(machine: Machine) -> Configuration:
    return cast(Configuration, machine.configuration)


# --- certificates ---------------------------------------------------------------------------------------------------


def certificate_signed(machine: Machine, payload: Payload) -> Payload:
    """A02.FR.06 to FR.08: a station that shows its certificate shows the new one at once."""
    objection = machine.trust.take(OWN, payload["certificateChain"])
    if objection:
        machine.note(*machine.dialect.security_event(machine, "InvalidChargePointCertificate", objection))
        return {"status": NO}
    if machine.dialect.way(machine).profile == CLIENT:
        machine.after_answer(machine.reconnect)
    return {"status": YES}


def install_certificate(machine: Machine, payload: Payload) -> Payload:
    """M05."""
    if machine.oddities.forgets_roots:
        return {"status": YES}
    settings = machine.configuration
    room = settings.number("CertificateStoreMaxLength", ROOM)
    strict = settings.on("AdditionalRootCertificateCheck")
    kind, certificate = payload["certificateType"], payload["certificate"]
    return {"status": machine.trust.install(kind, certificate, room, successors_only=strict)}


def get_installed_certificate_ids(machine: Machine, payload: Payload) -> Payload:
    """M03."""
    installed = machine.trust.ids(payload["certificateType"])
    return {"status": YES, "certificateHashData": installed} if installed else {"status": "NotFound"}


def delete_certificate(machine: Machine, payload: Payload) -> Payload:
    """M04."""
    in_use = machine.wire.anchor if machine.wire is not None else None
    return {"status": machine.trust.delete(payload["certificateHashData"], in_use)}


async def sign(machine: Machine) -> None:
    """A02.FR.02, FR.03, FR.13."""
    name = machine.hardware.identity.serial
    csr = machine.trust.request(OWN, machine.configuration.text("CpoName"), name)
    await machine.ask("SignCertificate", {"csr": csr})


# --- the profile ----------------------------------------------------------------------------------------------------


def change_profile(machine: Machine, value: str) -> str:
    """A05.FR.01 to FR.05: only upwards, and only when what the profile needs is there."""
    settings = _keys(machine)
    fixed = machine.oddities.key_answers.get(PROFILE)
    if fixed is not None:
        return fixed
    key = settings.keys.get(PROFILE)
    if key is None:
        return settings.change(PROFILE, value)
    wanted = int(value) if key.fits(value) else 0
    if key.read_only or not settings.number(PROFILE) < wanted <= CLIENT or _lacks(machine, wanted):
        return NO
    if machine.oddities.profile_needs_reboot:
        settings.pending[PROFILE] = value
        return REBOOT_REQUIRED
    settings.preset(PROFILE, value)
    machine.after_answer(switch, machine)
    return YES


def _lacks(machine: Machine, profile: int) -> bool:
    """A05.FR.02 to FR.04."""
    password = _keys(machine).text(PASSWORD)
    return (
        (profile in (BASIC, TLS) and not 16 <= len(password) <= 40)
        or (profile >= TLS and not machine.trust.roots)
        or (profile == CLIENT and machine.trust.own() is None)
    )


def way(machine: Machine) -> Way:
    """By the profile that has worked."""
    return _by(machine, machine.shelf.get(WORKED, machine.configuration.text(PROFILE)))


def ways(machine: Machine) -> list[Way]:
    """By the profile in force."""
    return [_by(machine, machine.configuration.text(PROFILE))]


def _by(machine: Machine, profile: str) -> Way:
    number = int(profile or 0)
    return Way(secure(machine.url) if number >= TLS else machine.url, number, machine.credentials.password)


def arrived(machine: Machine, way: Way) -> None:
    """The profile works, and so does the root: an older one is not needed any more (M05.FR.12)."""
    machine.shelf[WORKED] = str(way.profile)
    if way.profile >= TLS and machine.configuration.on("AdditionalRootCertificateCheck"):
        del machine.trust.certificates["CentralSystemRootCertificate"][1:]


def revert(machine: Machine) -> None:
    """A05.FR.08: back to the previous profile."""
    settings = _keys(machine)
    settings.preset(PROFILE, machine.shelf.get(WORKED, settings.text(PROFILE)))


ANSWERS: dict[str, Answer] = {
    "CertificateSigned": certificate_signed,
    "InstallCertificate": install_certificate,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "DeleteCertificate": delete_certificate,
}
