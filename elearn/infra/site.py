"""What the running site knows of itself."""

from flask import current_app

from elearn.kernel.settings import Settings


def base_url() -> str:
    """Return the address under which people reach the site, without a slash at its end."""
    settings: Settings = current_app.config["ELEARN"]
    return settings.base_url
