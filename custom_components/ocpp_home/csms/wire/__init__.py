"""The wire: sockets, frames and the rules of OCPP-J's remote procedure calls; no OCPP meaning, no model."""
