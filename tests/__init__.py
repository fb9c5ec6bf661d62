"""The tests of OCPP Home."""
