"""Addresses that came from outside, made safe to redirect to."""

import re
from urllib.parse import urlsplit

# Browsers drop tabs and line ends from addresses, and read a backslash as a slash.
_TRICKS = re.compile(r"[\x00-\x1f\x7f\\]")


def safe_path(target: str | None, default: str = "/") -> str:
    """Return ``target`` when it is a path on this site, else ``default``."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return default
    if _TRICKS.search(target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
