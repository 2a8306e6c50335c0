"""Pages of trainers and reviewers."""

from flask import Blueprint, render_template

from elearn.kernel.actor import Role
from elearn.web.access import access, holds

blueprint = Blueprint("author", __name__, template_folder="templates")


@blueprint.get("/author")
@access(holds(Role.AUTHOR, Role.REVIEWER))
def home() -> str:
    """Show the page."""
    return render_template("base.html")
