"""Keys found wrong after publication: correction, preview, regrade."""
