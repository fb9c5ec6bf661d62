"""Tokens, and the decisions about them."""

from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType, Verdict

SPELLED = ("AA:BB:CC:00:11:22", "aa-bb-cc-00-11-22", "VID:AABBCC001122")


def test_tokens_compare_without_regard_to_case() -> None:
    assert Token("04a2b3c4").key == Token("04A2B3C4").key


def test_the_address_of_a_car_is_the_same_however_it_is_written() -> None:
    written = [Token(address, TokenType.MAC_ADDRESS).key for address in SPELLED]
    assert written == ["aabbcc001122"] * len(SPELLED)


def test_only_the_accepted_may_charge() -> None:
    assert [decision for decision in Decision if Verdict(decision).accepted] == [Decision.ACCEPTED]
