"""Pages of the official who studies and sits tests."""

from flask import Blueprint, render_template

from elearn.web.access import SIGNED_IN, access

blueprint = Blueprint("learner", __name__, template_folder="templates")


@blueprint.get("/learn")
@access(SIGNED_IN)
def my_modules() -> str:
    """Show the page."""
    return render_template("base.html")


@blueprint.get("/certificates")
@access(SIGNED_IN)
def my_certificates() -> str:
    """Show the page."""
    return render_template("base.html")
