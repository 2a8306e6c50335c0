"""Who must learn what, and how far they are."""
