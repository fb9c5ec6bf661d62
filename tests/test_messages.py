"""docs/messages.md is true: every action of the schemas has a handler or a sender, and a test of its own."""

import re
from typing import Final

import pytest

from .messages import PAGE, actions, facts, messages, said, sent, shows

ROW: Final = re.compile(r"^(\| (\w+) \|.*\|) `([\w/.]+::\w+)` \|$", re.MULTILINE)


@pytest.mark.parametrize(("version", "count"), [("2.0.1", 64), ("2.1", 91)])
def test_every_action_is_said_or_sent(version: str, count: int) -> None:
    assert len(actions(version)) == count
    assert {*said(version), *sent(version)} == actions(version)
    assert set(said(version)) & set(sent(version)) == {"DataTransfer"}


def test_what_2_0_1_knows_2_1_knows_too() -> None:
    assert actions("2.0.1") < actions("2.1")


def test_every_message_is_handled_or_sent_somewhere() -> None:
    assert [row.action for row in messages() if not row.where] == []


def test_the_page_has_every_message_with_a_test_of_its_own() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [row for row, _, _ in rows] == [facts(message) for message in messages()], "run `python -m tests.messages`"
    assert [(action, test) for _, action, test in rows if not shows(test, action)] == []
