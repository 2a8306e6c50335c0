"""Pages of the holder of certificates."""
