"""Contract certificates, as OCPP 2.0.1 ed. 3 - C07 wants them judged."""

from dataclasses import replace

from cryptography.x509 import ocsp
import pytest

from custom_components.ocpp_home.csms.model.trust import Contract, Finding, Inquiry, Revocation, Unreachable, Validity
from custom_components.ocpp_home.csms.security.certificate import named
from custom_components.ocpp_home.csms.security.contract import Examiner, examine, plain, responders
from custom_components.ocpp_home.csms.security.ocsp import answer
from tests.csms.security.papers import NOW, RESPONDER, YEAR, Paper, paper

EMAID = "DE-8AA-1A2B3C4D5"
MO = paper("MO Root")
SUB = MO.issue("MO Sub", ocsp_at=RESPONDER)
CONTRACT = SUB.issue("DE8AA1A2B3C4D5", ca=False, ocsp_at=RESPONDER)
CHAIN = CONTRACT.pem + SUB.pem
LEAF, MIDDLE = named(CONTRACT.certificate, SUB.certificate), named(SUB.certificate, MO.certificate)
GOOD, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN


class Authority:
    """Answers what is asked about the two certificates of the chain; what it does not know is out of reach."""

    def __init__(
        self,
        leaf: ocsp.OCSPCertStatus | None = GOOD,
        middle: ocsp.OCSPCertStatus | None = GOOD,
        known: tuple[Paper, ...] = (MO, SUB),
    ) -> None:
        self.known = [one.certificate for one in known]
        self.asked: list[Inquiry] = []
        self.says = {}
        if leaf is not None:
            self.says[LEAF] = SUB.vouch(CONTRACT.certificate, leaf)
        if middle is not None:
            self.says[MIDDLE] = MO.vouch(SUB.certificate, middle)

    async def ask(self, inquiry: Inquiry) -> Finding:
        self.asked.append(inquiry)
        if inquiry.which not in self.says:
            raise Unreachable("nobody there")
        return answer(self.says[inquiry.which], inquiry.which, self.known, NOW)

    async def look_up(self, inquiry: Inquiry) -> Finding:
        return Finding(Revocation.UNKNOWN, NOW)


async def judged(authority: Authority, contract: Contract, *roots: Paper) -> Validity:
    return await Examiner(lambda: [one.certificate for one in roots], authority).judge(contract, NOW)


async def test_a_chain_up_to_a_trusted_root_that_nobody_revoked_is_valid() -> None:
    """C07.FR.05, C07.FR.14."""
    authority = Authority()
    assert await judged(authority, Contract(EMAID, CHAIN), MO) is Validity.VALID
    assert authority.asked == [Inquiry(LEAF, (RESPONDER,)), Inquiry(MIDDLE, (RESPONDER,))]


async def test_a_chain_without_responders_is_valid_by_itself() -> None:
    contract = MO.issue("DE8AA1A2B3C4D5", ca=False)
    authority = Authority()
    assert await judged(authority, Contract(EMAID, contract.pem), MO) is Validity.VALID
    assert authority.asked == []


async def test_a_revoked_certificate_anywhere_in_the_chain_revokes_it() -> None:
    """C07.FR.16."""
    for statuses in ((REVOKED, GOOD), (GOOD, REVOKED), (UNKNOWN, REVOKED)):
        assert await judged(Authority(*statuses), Contract(EMAID, CHAIN), MO) is Validity.REVOKED


async def test_an_expired_chain_is_expired() -> None:
    """C07.FR.15."""
    old = MO.issue("DE8AA1A2B3C4D5", ca=False, start=NOW - 2 * YEAR, end=NOW - YEAR)
    worn = MO.issue("Worn", end=NOW.replace(year=2026, month=1))
    late = worn.issue("DE8AA1A2B3C4D5", ca=False)
    for chain in (old.pem, late.pem + worn.pem):
        assert await judged(Authority(), Contract(EMAID, chain), MO) is Validity.EXPIRED


@pytest.mark.parametrize(
    ("chain", "roots"),
    [
        (CHAIN, ()),
        (CHAIN, (paper("MO Root"),)),
        (CONTRACT.pem, (MO,)),
        ("no certificate", (MO,)),
        (MO.issue("FR8AA1A2B3C4D5", ca=False).pem, (MO,)),
    ],
    ids=["no roots", "another root", "a gap", "no certificate", "of another contract"],
)
async def test_what_cannot_be_verified_is_not_valid(chain: str, roots: tuple[Paper, ...]) -> None:
    """C07.FR.17."""
    authority = Authority()
    assert await judged(authority, Contract(EMAID, chain), *roots) is Validity.UNVERIFIED
    assert authority.asked == []


@pytest.mark.parametrize(
    "authority",
    [Authority(None), Authority(UNKNOWN), Authority(known=()), Authority(GOOD, None)],
    ids=["out of reach", "unknown", "signed by strangers", "out of reach above"],
)
async def test_without_an_answer_that_counts_a_chain_is_not_verified(authority: Authority) -> None:
    """C07.FR.17: fail closed."""
    assert await judged(authority, Contract(EMAID, CHAIN), MO) is Validity.UNVERIFIED


async def test_a_station_that_verified_the_chain_itself_tells_what_to_ask() -> None:
    """C07.FR.02: no certificate, but the data for OCSP."""
    asked = (Inquiry(LEAF, (RESPONDER,)), Inquiry(MIDDLE, (RESPONDER,)))
    authority = Authority()
    assert await judged(authority, Contract(EMAID, inquiries=asked)) is Validity.VALID
    assert authority.asked == list(asked)
    assert await judged(Authority(REVOKED), Contract(EMAID, inquiries=asked)) is Validity.REVOKED
    assert await judged(Authority(), Contract(EMAID)) is Validity.UNVERIFIED


async def test_what_a_station_asks_with_a_chain_goes_before_what_the_chain_says() -> None:
    elsewhere = Inquiry(LEAF, ("http://other.example",))
    authority = Authority()
    assert await judged(authority, Contract(EMAID, CHAIN, (elsewhere,)), MO) is Validity.VALID
    assert authority.asked == [elsewhere]


def test_an_emaid_is_compared_without_what_is_for_the_eye() -> None:
    assert plain("DE-8AA-1A2B3C4D5-0") == plain("de8aa1a2b3c4d5")
    assert plain("DE8AA1A2B3C4D5XYZ") != plain("DE8AA1A2B3C4D5")
    assert examine("DE8AA1A2B3C4D50", CHAIN, [MO.certificate], NOW).validity is Validity.VALID


def test_a_certificate_says_where_it_may_be_asked_about() -> None:
    assert responders(CONTRACT.certificate) == (RESPONDER,)
    assert responders(MO.certificate) == ()
    assert replace(Contract(EMAID, CHAIN), chain=None) == Contract(EMAID)
