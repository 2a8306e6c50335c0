"""Questions that come in as files: planned, shown, then kept as drafts."""
