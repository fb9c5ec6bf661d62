"""How the report looks."""

from custom_components.ocpp_home.csms.record.style import STYLE


def test_the_page_is_a4_and_asks_nobody_for_anything() -> None:
    assert "@page { size: A4;" in STYLE
    assert not [part for part in ("url(", "@import", "http", "<") if part in STYLE]


def test_a_line_is_not_torn_by_the_end_of_a_page_and_heads_are_repeated() -> None:
    assert "tr { break-inside: avoid; }" in STYLE
    assert "thead { display: table-header-group; }" in STYLE
