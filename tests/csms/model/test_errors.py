"""What a refusal tells."""

import pytest

from custom_components.ocpp_home.csms.model.errors import OcppError, Refused


@pytest.mark.parametrize(
    ("reason", "text"),
    [("", "Rejected"), ("EM controlled by external system", "Rejected: EM controlled by external system")],
)
def test_a_refusal_reads_as_the_station_said_it(reason: str, text: str) -> None:
    refusal = Refused("Rejected", reason)
    assert str(refusal) == text
    assert (refusal.status, refusal.reason) == ("Rejected", reason)
    assert isinstance(refusal, OcppError)
