"""Pages of the official who studies and sits tests."""
