"""Rounds as those see them who watch over units: participation, who works now, results."""
