"""Survey week on one machine: thousands of examinees at once, and what survives a kill."""
