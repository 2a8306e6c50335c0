"""Tests of rounds: planning, sitting, deciding, closing."""
