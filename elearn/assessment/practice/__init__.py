"""Practice: a person's own daily review of what he has learnt and missed; private to him."""
