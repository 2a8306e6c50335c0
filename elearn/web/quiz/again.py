"""Signing in again on the page of an attempt, without leaving it."""

from flask import Blueprint, Response, g, jsonify, request
from flask_wtf.csrf import generate_csrf

from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, Invalid
from elearn.web.access import PUBLIC, access
from elearn.web.auth.routes import enter
from elearn.web.auth.visit import current_visit
from elearn.workflows.resume_attempt import sign_in_again

blueprint = Blueprint("quiz_again", __name__)
_MOST_BYTES = 4096


@blueprint.post("/attempts/<int(max=2147483647):attempt_id>/sign-in")
@access(PUBLIC)
def sign_in(attempt_id: int) -> Response:
    """Take {username, password, epoch}; return the form token of the new session."""
    request.max_content_length = _MOST_BYTES
    username, password, epoch = _given(request.get_json(silent=True))
    entered = sign_in_again((username, password), attempt_id, epoch, current_visit(), now=utc_now())
    enter(entered)
    # The token of the session that has just ended would be given again.
    g.pop("csrf_token", None)
    response = jsonify(csrf_token=generate_csrf())
    response.headers["Cache-Control"] = "no-store"
    return response


def _given(payload: object) -> tuple[str, str, int]:
    if isinstance(payload, dict) and payload.keys() == {"username", "password", "epoch"}:
        username, password, epoch = payload["username"], payload["password"], payload["epoch"]
        is_text = isinstance(username, str) and isinstance(password, str)
        if is_text and isinstance(epoch, int) and username and password:
            return username[:100], password, epoch
    raise Invalid("sign_in.fields", N_("Hãy nhập tên đăng nhập và mật khẩu."))
