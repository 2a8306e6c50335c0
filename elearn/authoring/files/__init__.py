"""Content files: read, checked with file and line, loaded, written."""
