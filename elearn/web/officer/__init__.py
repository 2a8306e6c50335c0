"""Pages of the programme officer."""
