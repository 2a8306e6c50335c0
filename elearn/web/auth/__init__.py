"""Signing in and out, activation, the own account."""
