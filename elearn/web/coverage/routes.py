"""The coverage pages of HR, leaders and the programme officer."""

from flask import Blueprint, render_template

from elearn.kernel.actor import Role
from elearn.web.access import access, holds

blueprint = Blueprint("coverage", __name__, template_folder="templates")


@blueprint.get("/coverage")
@access(holds(Role.HR, Role.LEADER, Role.PROGRAMME_OFFICER))
def show() -> str:
    """Show the page."""
    return render_template("base.html")
