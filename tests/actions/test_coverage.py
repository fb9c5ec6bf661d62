"""No action goes untried."""

from custom_components.ocpp_home.actions import ACTIONS

from . import test_wire, test_wire_2x

ELSEWHERE = {
    "stop_transaction",
    "clear_charging_profile",
    "probe_station",
    "set_password",
    "rotate_password",
    "cancel_reservation",
    "limit_session",
    "set_plan",
    "skip_plan",
    "preview_plan",
    "data_transfer",
    "delete_certificate",
    "clear_monitors",
    "adjust_event_stream",
    "clear_message",
    "change_tariff",
    "clear_der_controls",
    "allow_energy_transfer",
}
"""What needs something to be there before: test_sequences.py, test_sequences_2x.py, test_passwords.py, tests/site."""


def test_every_action_is_tried() -> None:
    rows = (*test_wire.ROWS, *test_wire_2x.ROWS, *test_wire_2x.FIXED)
    assert {row[0] for row in rows} | ELSEWHERE == {action.name for action in ACTIONS}
