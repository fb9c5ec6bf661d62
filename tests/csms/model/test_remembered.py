"""What an EVSE was like before a restart."""

from datetime import UTC, datetime, timedelta

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.findings import Findings
from custom_components.ocpp_home.csms.model.remembered import findings, recalled
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening, Transaction

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def test_wishes_of_the_owner_are_there_again(ledger: Ledger) -> None:
    ledger.remember("CP1", "wish/1", 10.0)
    ledger.remember("CP1", "pause/2", 0.0)
    ledger.remember("CP1", "pause/3", "nothing")
    ledger.remember("CP1", "wish/4", 40.0)
    wishes = [recalled(ledger, "CP1", number, 32.0).limits.wishes for number in (1, 2, 3, 4)]
    assert wishes == [{"user": 10.0}, {"pause": 0.0}, {}, {"user": 32.0}]


async def test_sessions_and_how_it_counts_are_there_again(ledger: Ledger) -> None:
    begun = ledger.start(Opening("CP1", 1, 1, "CARD", NOON, 5.0, "tx-1"))
    ledger.start(Opening("CP1", 2, 1, "CARD", NOON, 5.0, "tx-2"))
    ledger.remember("CP1", "relative/1", True)
    evse = recalled(ledger, "CP1", 1, 16.0)
    assert evse.transaction is begun
    assert evse.previous is None
    assert evse.relative
    assert evse.limits.maximum == 16.0
    assert recalled(ledger, "CP1", 3, 16.0).transaction is None


async def test_what_began_before_the_session_that_ended_last_runs_no_more(ledger: Ledger) -> None:
    def begun(hours: int, register: float) -> Transaction:
        return ledger.start(Opening("CP1", 1, 1, "CARD", NOON + timedelta(hours=hours), register, f"tx-{hours}"))

    begun(0, 5.0)
    ended = begun(1, 10.0)
    ledger.stop(ended, Closing(NOON + timedelta(hours=2), 15.0, received=NOON))
    assert recalled(ledger, "CP1", 1, 16.0).transaction is None
    newest = begun(3, 15.0)
    assert recalled(ledger, "CP1", 1, 16.0).transaction is newest


async def test_what_was_found_is_there_again_until_the_firmware_is_another(ledger: Ledger) -> None:
    found = Findings("TxProfile", "Absolute", ("A",), tells=True)
    ledger.remember("CP1", "probe/1", found.record("1.0"))
    assert findings(ledger, "CP1", 1, "1.0") == found
    assert findings(ledger, "CP1", 1, "2.0") is None
    assert findings(ledger, "CP1", 2, "1.0") is None
