"""Tests of what every dialect does alike."""
