"""Rounds: a paper, a window and the people who sit it, frozen on a day."""
