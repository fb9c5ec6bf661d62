"""Sessions as Home Assistant shows them, lists them and hands them on."""
