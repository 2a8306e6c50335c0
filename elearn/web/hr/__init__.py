"""Pages of the unit's HR."""
