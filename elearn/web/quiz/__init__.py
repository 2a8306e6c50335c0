"""Pages on which papers are sat."""
