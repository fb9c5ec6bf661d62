"""What is true of a station, what can be done with it, and what is wished of it; no OCPP version is known here."""
