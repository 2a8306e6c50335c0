"""Signing in and out, activation, the own account."""

from flask import Blueprint, render_template

from elearn.web.access import PUBLIC, SIGNED_IN, access

blueprint = Blueprint("auth", __name__, template_folder="templates")


@blueprint.get("/login")
@access(PUBLIC)
def login() -> str:
    """Show the page."""
    return render_template("base.html")


@blueprint.post("/logout")
@access(SIGNED_IN)
def logout() -> str:
    """Sign out."""
    return render_template("base.html")


@blueprint.get("/account")
@access(SIGNED_IN)
def account() -> str:
    """Show the page."""
    return render_template("base.html")
