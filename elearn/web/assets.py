"""Static files: served by WhiteNoise, addressed by content, kept by browsers for a year.

Style sheets and scripts go out in Brotli, packed once a process when first asked for; a tool that
packed them beforehand would leave old copies behind whenever somebody forgets it.
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]  # ships no types
from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of the static file ``name``; it changes when the file does."""
    return f"/static/{name}?v={_version(name)}"


_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
Start = Callable[..., Any]


class Packed:
    """WSGI: answers for style sheets and scripts in Brotli, leaves all else to ``inner``."""

    def __init__(self, inner: Any) -> None:  # noqa: ANN401 - any WSGI application
        self._inner = inner
        self._files = {
            f"/static/{path.relative_to(STATIC).as_posix()}": path
            for path in STATIC.rglob("*")
            # What was packed when it was built is found by WhiteNoise.
            if path.suffix in _TYPES and not path.with_name(path.name + ".br").exists()
        }
        self._bodies: dict[str, bytes] = {}

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request."""
        name = environ.get("PATH_INFO", "")
        codings = environ.get("HTTP_ACCEPT_ENCODING", "").replace(" ", "").split(",")
        is_plain = environ["REQUEST_METHOD"] != "GET" or "HTTP_RANGE" in environ
        if name not in self._files or "br" not in codings or is_plain:
            answer: Iterable[bytes] = self._inner(environ, start)
            return answer
        body = self._body(name)
        start(
            "200 OK",
            [
                ("Content-Type", _TYPES[self._files[name].suffix]),
                ("Content-Encoding", "br"),
                ("Content-Length", str(len(body))),
                ("Vary", "Accept-Encoding"),
                ("Cache-Control", "max-age=31536000, public, immutable"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        return [body]

    def _body(self, name: str) -> bytes:
        if name not in self._bodies:
            packed: bytes = brotli.compress(self._files[name].read_bytes(), quality=9)
            self._bodies[name] = packed
        return self._bodies[name]


def init_app(app: Flask) -> None:
    """Serve the static files in front of ``app``."""
    app.jinja_env.globals["asset"] = asset
    files = WhiteNoise(
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=31_536_000,
        immutable_file_test=lambda _path, _url: True,
    )
    app.wsgi_app = Packed(files)  # type: ignore[assignment, method-assign]  # how WSGI middleware is added
