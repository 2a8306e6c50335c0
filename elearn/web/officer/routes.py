"""The programme officer's first page: what he can do, in the order of his week."""

from flask import Blueprint, render_template

from elearn.kernel.actor import Role
from elearn.web.access import access, holds

blueprint = Blueprint("officer", __name__, template_folder="templates")


@blueprint.get("/officer")
@access(holds(Role.PROGRAMME_OFFICER))
def home() -> str:
    """Show the tasks."""
    return render_template("officer/home.html")
