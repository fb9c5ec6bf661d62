"""Tests of the ledger, over real files and real faults."""
