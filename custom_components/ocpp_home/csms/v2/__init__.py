"""OCPP 2.0.1 and 2.1: what stations say, and what they are asked."""
