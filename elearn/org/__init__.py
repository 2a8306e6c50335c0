"""Units in time, people, assignments, duties and role grants."""
