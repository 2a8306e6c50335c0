"""What every response carries: security headers, no caching of private pages, a request id."""

import re
import uuid

from flask import Flask, Response, current_app, g, request

from elearn.infra.audit import request_id
from elearn.web.identity import current_actor

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_GIVEN_ID = re.compile(r"[0-9a-f-]{8,36}")


def _begin() -> None:
    if g.get("elearn_request_seen"):
        # Two requests in one application context would share the signed-in user.
        raise RuntimeError("a request found the application context of another")
    g.elearn_request_seen = True
    given = request.headers.get("X-Request-Id", "")
    request_id.set(given if _GIVEN_ID.fullmatch(given) else str(uuid.uuid4()))


def _finish(response: Response) -> Response:
    for name, value in current_app.config["ELEARN_HEADERS"].items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_id.get() or ""
    if "Cache-Control" not in response.headers and current_actor() is not None:
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask, *, https: bool) -> None:
    """Add the headers to every response of ``app``."""
    strict = {"Strict-Transport-Security": "max-age=31536000"} if https else {}
    app.config["ELEARN_HEADERS"] = {**_HEADERS, **strict}
    app.before_request(_begin)
    app.after_request(_finish)
