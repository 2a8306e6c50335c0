"""Who of those who must be trained is trained, on any day."""
