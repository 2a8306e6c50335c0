"""Progress of long work, for the person who asked for it."""
