"""Static files: served by WhiteNoise, addressed by content, kept by browsers for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of the static file ``name``; it changes when the file does."""
    return f"/static/{name}?v={_version(name)}"


def init_app(app: Flask) -> None:
    """Serve the static files in front of ``app``."""
    app.jinja_env.globals["asset"] = asset
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # how WSGI middleware is added
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=31_536_000,
        immutable_file_test=lambda _path, _url: True,
    )
