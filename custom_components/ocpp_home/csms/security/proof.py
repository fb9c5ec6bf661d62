"""Who a station is: what is asked of it, what it shows, and what that proves."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from ..model.serial import named
from .password import Hashed


class Profile(IntEnum):
    """How a station proves who it is (OCPP 2.0.1 ed. 3 - A00, 1.6 security whitepaper ed. 3 - 2.1).

    `NONE` is not of the specifications: nothing is asked, as before there were profiles.
    """

    NONE = 0
    BASIC = 1
    TLS = 2
    CLIENT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is asked of a station."""

    profile: Profile = Profile.NONE
    coming: Profile | None = None
    """While the station changes to another profile: that, which is let in too."""
    passwords: tuple[Hashed, ...] = ()
    """The one in use, then one that is on its way to the station."""
    any_username: bool = False
    """Whether the user name does not matter: some stations send another than their identity."""
    serial: str = ""
    """Its serial number, which its certificate names; its identity where that is not known."""
    organisation: str = ""
    """Whose its certificate has to be; anybody's who was trusted to sign it where empty."""
    signed: frozenset[int] = frozenset()
    """The numbers of certificates that were signed for it: they prove it also while its serial number is not known."""
    revoked: frozenset[int] = frozenset()
    """The numbers of certificates that do not count any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What a station shows when it dials in; `certificate` (DER) has been verified up to a root we trust."""

    secure: bool = False
    username: bytes | None = field(default=None, repr=False)
    password: bytes | None = field(default=None, repr=False)
    certificate: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What has been proved, or why nothing has: `objection` is one of `OBJECTIONS` then."""

    profile: Profile | None = None
    objection: str = ""
    password: Hashed | None = None
    """The password that was shown."""
    certified: str | None = None
    """The common name of the certificate that was shown."""


OBJECTIONS: Final = frozenset(
    {
        "password_missing",
        "password_wrong",
        "username_wrong",
        "too_weak",
        "other_profile",
        "certificate_missing",
        "certificate_unreadable",
        "certificate_expired",
        "certificate_revoked",
        "certificate_foreign",
        "certificate_other",
    }
)


def judge(standing: Standing, presented: Presented, identity: str, now: datetime) -> Proof:
    """Whether a station that calls itself `identity` shows what is asked of it.

    A00.FR.002: "If the Charging Station tries to connect with a different profile than the CSMS is using / The CSMS
    SHALL terminate the connection": so a stronger proof than asked for is turned away like a weaker one (a password
    over TLS where the profile is 1), until the owner asks for it. What a profile does not look at is no other profile:
    a certificate beside the password, or a password beside the certificate. While the profile changes both are let
    in (A05: a station "SHOULD fallback to its previous security profile"); what was proved is the stronger.
    """
    asked = sorted({standing.profile, standing.coming or standing.profile}, reverse=True)
    proofs = [_PROVED[profile](standing, presented, identity, now) for profile in asked]
    proved = next((proof for proof in proofs if proof.profile is not None), None)
    return proved or proofs[asked.index(standing.profile)]


def _nothing(standing: Standing, presented: Presented, identity: str, now: datetime) -> Proof:
    return Proof(profile=Profile.NONE)


def _basic(standing: Standing, presented: Presented, identity: str, now: datetime) -> Proof:
    proof = _password(standing, presented, identity)
    if proof.objection:
        return proof
    if presented.secure:
        return Proof(objection="other_profile")
    return Proof(profile=Profile.BASIC, password=proof.password)


def _tls(standing: Standing, presented: Presented, identity: str, now: datetime) -> Proof:
    if not presented.secure:
        return Proof(objection="too_weak")
    proof = _password(standing, presented, identity)
    return proof if proof.objection else Proof(profile=Profile.TLS, password=proof.password)


def _client(standing: Standing, presented: Presented, identity: str, now: datetime) -> Proof:
    """Look at the certificate (OCPP 2.0.1 ed. 3 - A00.FR.403 to FR.407)."""
    if presented.certificate is None:
        return Proof(objection="certificate_missing" if presented.secure else "too_weak")
    try:
        certificate = x509.load_der_x509_certificate(presented.certificate)
        names, organisations = _subject(certificate)
    except ValueError:
        return Proof(objection="certificate_unreadable")
    number = certificate.serial_number
    own = [name for name in names if number in standing.signed or named(standing.serial or identity, name)]
    objection = ""
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        objection = "certificate_expired"
    elif number in standing.revoked:
        objection = "certificate_revoked"
    elif not any(standing.organisation in owner for owner in organisations or ("",)):
        objection = "certificate_foreign"
    elif not own:
        objection = "certificate_other"
    return Proof(objection=objection) if objection else Proof(profile=Profile.CLIENT, certified=own[0])


def _password(standing: Standing, presented: Presented, identity: str) -> Proof:
    """Look at user name and password (OCPP 2.0.1 ed. 3 - A00.FR.207)."""
    shown = presented.password
    if not shown:
        return Proof(objection="password_missing")
    password = next((password for password in standing.passwords if password.matches(shown)), None)
    if password is None:
        return Proof(objection="password_wrong")
    username = (presented.username or b"").decode("utf-8", "replace")
    if not standing.any_username and username.casefold() != identity.casefold():
        return Proof(objection="username_wrong")
    return Proof(password=password)


def _subject(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    """The common names and organisations; raises ValueError where the names cannot be read."""

    def told(oid: x509.ObjectIdentifier) -> list[str]:
        return [str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(oid)]

    return told(NameOID.COMMON_NAME), told(NameOID.ORGANIZATION_NAME)


_PROVED: Final = {Profile.NONE: _nothing, Profile.BASIC: _basic, Profile.TLS: _tls, Profile.CLIENT: _client}
