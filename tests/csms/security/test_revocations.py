"""Asking about certificates: which address, how often, and for how long an answer holds."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography.x509 import ocsp
import pytest

from custom_components.ocpp_home.csms.model.trust import Inquiry, Revocation, Unreachable
from custom_components.ocpp_home.csms.security.certificate import named
from custom_components.ocpp_home.csms.security.revocations import (
    AT_ONCE,
    LARGEST_ANSWER,
    LARGEST_LIST,
    LONGEST,
    MOST,
    Responders,
)
from tests.csms.security.papers import NOW, RESPONDER, YEAR, paper

ROOT = paper("Root")
LEAF = ROOT.issue("Leaf", ca=False).certificate
WHICH = named(LEAF, ROOT.certificate)
INQUIRY = Inquiry(WHICH, (RESPONDER,))


class Net:
    """What lies at which address, and who asked for it."""

    def __init__(self, **pages: bytes) -> None:
        self.pages = {f"http://{name}.example": page for name, page in pages.items()}
        self.asked: list[tuple[str, bool, int]] = []
        self.busy = self.busiest = 0

    async def __call__(self, url: str, body: bytes | None, most: int) -> bytes:
        self.asked.append((url, body is not None, most))
        self.busy += 1
        self.busiest = max(self.busy, self.busiest)
        await asyncio.sleep(0)
        self.busy -= 1
        if url not in self.pages:
            raise Unreachable("no route")
        if body is not None:
            assert ocsp.load_der_ocsp_request(body).serial_number > 0
        return self.pages[url]


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def test_a_responder_is_asked_once_while_its_answer_holds() -> None:
    net, clock = Net(ocsp=ROOT.vouch(LEAF)), Clock()
    responders = Responders(net, lambda: [ROOT.certificate], clock)
    first = await responders.ask(INQUIRY)
    assert (first.status, first.proved) == (Revocation.GOOD, True)
    clock.now += timedelta(hours=23)
    assert await responders.ask(INQUIRY) is first
    assert net.asked == [(RESPONDER, True, LARGEST_ANSWER)]
    clock.now += timedelta(hours=2)
    net.pages[RESPONDER] = ROOT.vouch(LEAF, ocsp.OCSPCertStatus.REVOKED, following=clock.now + YEAR)
    assert (await responders.ask(INQUIRY)).status is Revocation.REVOKED
    clock.now += LONGEST + timedelta(seconds=1)
    await responders.ask(INQUIRY)
    assert len(net.asked) == 3, "M06.FR.10: no answer is kept for more than a week"


async def test_nobody_is_known_where_no_issuers_are() -> None:
    responders = Responders(Net(ocsp=ROOT.vouch(LEAF)), clock=Clock())
    assert not (await responders.ask(INQUIRY)).proved
    with pytest.raises(Unreachable, match="today"):
        await Responders(Net(ocsp=ROOT.vouch(LEAF, this=NOW - YEAR, following=NOW - YEAR))).ask(INQUIRY)


async def test_the_next_address_is_tried() -> None:
    net = Net(odd=b"no response", good=ROOT.vouch(LEAF))
    urls = ("http://gone.example", "http://odd.example", "http://good.example", "http://never.example")
    found = await Responders(net, clock=Clock()).ask(Inquiry(WHICH, urls))
    assert found.status is Revocation.GOOD
    assert [url for url, _, _ in net.asked] == list(urls[:3])


@pytest.mark.parametrize(
    ("inquiry", "why"),
    [
        (Inquiry(WHICH, ("http://gone.example",)), "no route"),
        (Inquiry(WHICH, ("http://odd.example",)), "not understood"),
        (Inquiry(WHICH, ()), "no address"),
        (Inquiry(replace(WHICH, serial="-"), (RESPONDER,)), "proper hashes"),
    ],
)
async def test_what_cannot_be_had_is_told_with_its_reason(inquiry: Inquiry, why: str) -> None:
    with pytest.raises(Unreachable, match=why):
        await Responders(Net(odd=b"no response"), clock=Clock()).ask(inquiry)


async def test_a_list_is_fetched_and_kept_beside_the_answers() -> None:
    """OCPP 2.1 - M07.FR.04."""
    net = Net(ocsp=ROOT.revoke(LEAF.serial_number))
    responders = Responders(net, clock=Clock())
    found = [await responders.look_up(INQUIRY) for _ in range(2)]
    assert {one.status for one in found} == {Revocation.REVOKED}
    assert net.asked == [(RESPONDER, False, LARGEST_LIST)]
    with pytest.raises(Unreachable, match="not understood"):
        await responders.ask(INQUIRY)


async def test_questions_and_answers_are_bounded() -> None:
    net = Net(ocsp=ROOT.revoke())
    responders = Responders(net, clock=Clock())
    many = [Inquiry(replace(WHICH, serial=f"{number:x}"), (RESPONDER,)) for number in range(1, MOST + 2)]
    await asyncio.gather(*map(responders.look_up, many))
    assert (net.busiest, len(net.asked)) == (AT_ONCE, MOST + 1)
    await responders.look_up(many[-1])
    assert len(net.asked) == MOST + 1
    await responders.look_up(many[0])
    assert len(net.asked) == MOST + 2, "the oldest has given way"
