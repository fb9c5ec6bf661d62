"""The contract certificates of cars, judged as OCPP 2.0.1 ed. 3 - C07 wants it."""

from asyncio import gather
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from ..model.trust import Contract, Finding, Inquiry, Revocation, Revocations, Unreachable, Validity
from .certificate import chain_of, current, named, path_of

WORST: Final = (Validity.REVOKED, Validity.EXPIRED, Validity.UNVERIFIED, Validity.VALID)
"""What is true of one certificate is true of its chain, the worst first."""
CHECKED: Final = 14
"""So many characters an eMAID has, and perhaps another that checks them."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a chain shows by itself: whether it holds, and what its certificates are asked about by."""

    validity: Validity
    inquiries: tuple[Inquiry, ...] = ()


class Examiner:
    """Judges contracts by the roots the owner trusts and by what responders say."""

    def __init__(self, roots: Callable[[], Sequence[x509.Certificate]], revocations: Revocations) -> None:
        """Trust `roots`, of cars (V2G) and of mobility operators (MO), as they are at the time."""
        self._roots, self._revocations = roots, revocations

    async def judge(self, contract: Contract, now: datetime) -> Validity:
        """What a contract is worth.

        C07.FR.05: certificate and chain are verified, by OCSP too; C07.FR.17: what cannot be verified is not valid.
        """
        inquiries = contract.inquiries
        if contract.chain is not None:
            seen = examine(contract.emaid, contract.chain, self._roots(), now)
            if seen.validity is not Validity.VALID:
                return seen.validity
            inquiries = inquiries or seen.inquiries
        elif not inquiries:
            return Validity.UNVERIFIED
        found = await gather(*map(self._asked, inquiries))
        return next(word for word in WORST if word in {*found, Validity.VALID})

    async def _asked(self, inquiry: Inquiry) -> Validity:
        """What a responder makes of one certificate; an answer counts only from who may give it."""
        try:
            finding = await self._revocations.ask(inquiry)
        except Unreachable:
            return Validity.UNVERIFIED
        return _meaning(finding)


def _meaning(finding: Finding) -> Validity:
    if not finding.proved or finding.status is Revocation.UNKNOWN:
        return Validity.UNVERIFIED
    return Validity.VALID if finding.status is Revocation.GOOD else Validity.REVOKED


def examine(emaid: str, pem: str, roots: Sequence[x509.Certificate], now: datetime) -> Examined:
    """What a chain (PEM, the contract's own certificate first) shows without asking anybody."""
    try:
        chain = chain_of(pem)
    except ValueError:
        return Examined(Validity.UNVERIFIED)
    path = path_of(chain, roots)
    if path is None or not _of(emaid, chain[0]):
        return Examined(Validity.UNVERIFIED)
    if not all(current(certificate, now) for certificate in path):
        return Examined(Validity.EXPIRED)
    inquiries = tuple(Inquiry(named(one, above), urls) for one, above in pairwise(path) if (urls := responders(one)))
    return Examined(Validity.VALID, inquiries)


def responders(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where a certificate says that it may be asked about (RFC 5280 - 4.2.2.1)."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(
        one.access_location.value
        for one in access
        if one.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(one.access_location, x509.UniformResourceIdentifier)
    )


def _of(emaid: str, certificate: x509.Certificate) -> bool:
    """Whether a certificate is the contract's: its common name is the eMAID."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return plain(emaid) in {plain(str(name.value)) for name in names}


def plain(emaid: str) -> str:
    """An eMAID without what is only for the eye: hyphens, case, and the 15th character, which checks the others."""
    bare = emaid.replace("-", "").casefold()
    return bare[:CHECKED] if len(bare) == CHECKED + 1 else bare
