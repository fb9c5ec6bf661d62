"""OCPP Home: an OCPP central system inside Home Assistant."""
