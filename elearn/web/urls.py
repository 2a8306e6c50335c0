"""Addresses that came from outside, made safe to redirect to."""

from urllib.parse import urlsplit


def safe_path(target: str | None, default: str = "/") -> str:
    """Return ``target`` when it is a path on this site, else ``default``."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
