"""Marking of essays by people: blind, by rubric, twice where it counts."""
