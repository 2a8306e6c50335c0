"""Bulk import of units, people and their history."""
