"""Pages of the administrator."""

from flask import Blueprint, render_template

from elearn.kernel.actor import Role
from elearn.web.access import access, holds

blueprint = Blueprint("admin", __name__, template_folder="templates")


@blueprint.get("/admin")
@access(holds(Role.ADMIN))
def home() -> str:
    """Show the page."""
    return render_template("base.html")
