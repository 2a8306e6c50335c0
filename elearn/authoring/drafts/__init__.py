"""Drafts of lessons and questions, from opening to publication."""
