"""Who may charge."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.token import Admittance, Decision, Token, Verdict

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CARD = Token("04A2B3C4")


def test_tokens_compare_without_regard_to_case() -> None:
    assert Token("04a2b3c4").key == CARD.key


@pytest.mark.parametrize(
    ("everybody", "listed", "decision"),
    [
        (True, None, Decision.ACCEPTED),
        (False, None, Decision.INVALID),
        (False, Verdict(Decision.ACCEPTED), Decision.ACCEPTED),
        (False, Verdict(Decision.ACCEPTED, expires=NOON + timedelta(seconds=1)), Decision.ACCEPTED),
        (True, Verdict(Decision.ACCEPTED, expires=NOON), Decision.EXPIRED),
        (True, Verdict(Decision.BLOCKED, expires=NOON), Decision.BLOCKED),
    ],
)
def test_a_card_is_decided_upon(everybody: bool, listed: Verdict | None, decision: Decision) -> None:
    admittance = Admittance(everybody, {CARD.key: listed} if listed else None)
    verdict = admittance.decide(Token("04a2B3c4"), NOON)
    assert verdict.decision is decision
    assert verdict.accepted is (decision is Decision.ACCEPTED)


def test_an_expired_card_keeps_its_group() -> None:
    admittance = Admittance(listed={CARD.key: Verdict(Decision.ACCEPTED, "FAMILY", NOON)})
    assert admittance.decide(CARD, NOON) == Verdict(Decision.EXPIRED, "FAMILY", NOON)
