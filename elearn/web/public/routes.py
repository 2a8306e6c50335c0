"""Pages that anybody may open: the entrance, the language, the state of the service."""

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    make_response,
    redirect,
    request,
    url_for,
)
from flask import session as cookie
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from elearn.infra.db import reading
from elearn.web.access import PUBLIC, access
from elearn.web.i18n import LOCALES
from elearn.web.identity import current_actor
from elearn.web.navigation import landing_endpoint
from elearn.web.urls import safe_path

blueprint = Blueprint("public", __name__, template_folder="templates")


@blueprint.get("/")
@access(PUBLIC)
def entrance() -> BaseResponse:
    """Lead everybody to the page that answers his first question."""
    actor = current_actor()
    if actor is None:
        return redirect(url_for("auth.login"))
    return redirect(url_for(landing_endpoint(actor)))


@blueprint.post("/language")
@access(PUBLIC)
def set_language() -> BaseResponse:
    """Keep the chosen language in the cookie and go back."""
    chosen = request.form.get("locale", "vi")
    if chosen in LOCALES:
        cookie["locale"] = chosen
    return redirect(safe_path(request.form.get("next")))


@blueprint.get("/healthz")
@access(PUBLIC)
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@access(PUBLIC)
def readyz() -> Response:
    """Say whether the database answers and stands at the migration this code expects."""
    expected = current_app.config["ELEARN_MIGRATION_HEAD"]
    try:
        with reading() as session:
            found = session.scalar(text("select version_num from alembic_version"))
    except SQLAlchemyError:
        return make_response(jsonify(status="error", database="unreachable"), 503)
    if found != expected:
        return make_response(jsonify(status="error", migration=found, expected=expected), 503)
    return jsonify(status="ok", migration=found)
