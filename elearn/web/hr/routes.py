"""Pages of the unit's HR."""

from flask import Blueprint, render_template

from elearn.kernel.actor import Role
from elearn.web.access import access, holds

blueprint = Blueprint("hr", __name__, template_folder="templates")


@blueprint.get("/hr")
@access(holds(Role.HR))
def home() -> str:
    """Show the page."""
    return render_template("base.html")
