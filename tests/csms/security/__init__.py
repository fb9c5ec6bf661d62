"""Tests of the room of security."""
