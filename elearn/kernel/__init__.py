"""Plain Python that every other package may use."""
