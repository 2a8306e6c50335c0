"""From draft to published; the content files."""
