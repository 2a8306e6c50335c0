"""A legal document that lessons cite: what it is, whether it is in force, where it is taught."""

from flask import Blueprint, render_template

from elearn.curriculum.queries import get_document_page
from elearn.infra.db import reading
from elearn.kernel.clock import today
from elearn.web.access import SIGNED_IN, access

blueprint = Blueprint("legal", __name__, template_folder="templates")


@blueprint.get("/legal/<code>")
@access(SIGNED_IN)
def show(code: str) -> str:
    """Show the document with the lessons that cite it."""
    with reading() as session:
        page = get_document_page(session, code, on=today())
    return render_template(
        "learner/document.html", page=page, document=page.document, today=today()
    )
