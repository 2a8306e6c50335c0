"""Every published version of a lesson, question or paper, what changed, and going back."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from elearn.authoring.catalogue.queries import get_thing, get_version, list_versions
from elearn.authoring.drafts.queries import title_of
from elearn.authoring.drafts.sections import differences
from elearn.authoring.models import DraftKind
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.web.access import access, holds
from elearn.web.author.editing import ENDPOINTS
from elearn.web.author.pages import page
from elearn.web.identity import the_actor
from elearn.web.words import _
from elearn.workflows.author_content import open_from_version

blueprint = Blueprint("author_history", __name__, template_folder="templates")
READERS = (Role.AUTHOR, Role.REVIEWER)


@blueprint.get("/author/lessons/<code>/history")
@access(holds(*READERS))
def lesson(code: str) -> str:
    """List the versions of a lesson; compare two."""
    return _history(DraftKind.LESSON, code)


@blueprint.get("/author/questions/<code>/history")
@access(holds(*READERS))
def question(code: str) -> str:
    """List the versions of a question; compare two."""
    return _history(DraftKind.QUESTION, code)


@blueprint.get("/author/papers/<code>/history")
@access(holds(*READERS))
def paper(code: str) -> str:
    """List the versions of a paper; compare two."""
    return _history(DraftKind.PAPER, code)


def _history(kind: DraftKind, code: str) -> str:
    """Show the versions; by default the last change stands below them."""
    with reading() as session:
        thing = get_thing(session, kind, code)
        versions = list_versions(session, kind, code)
        known = [version.number for version in versions]
        new = _chosen("to", known, 0)
        old = _chosen("from", known, 1 if len(known) > 1 else 0)
        changes = (
            differences(
                get_version(session, kind, code, old), get_version(session, kind, code, new)
            )
            if old and new
            else ()
        )
    return page(
        "author/history.html",
        thing=thing,
        title=title_of(thing.content) if thing.content else code,
        versions=versions,
        old=old,
        new=new,
        changes=changes,
        history=f"author_history.{kind.value.lower()}",
        draft_from=f"author_history.draft_{kind.value.lower()}",
        may_edit=the_actor().has_role(Role.AUTHOR),
    )


def _chosen(name: str, known: list[int], place: int) -> int | None:
    """Return the version that the address names, or the one at ``place`` from the newest."""
    asked = request.args.get(name, type=int)
    if asked in known:
        return asked
    return known[place] if known else None


@blueprint.post("/author/lessons/<code>/history/<int:number>/draft")
@access(holds(Role.AUTHOR))
def draft_lesson(code: str, number: int) -> Response:
    """Make a draft of a version of a lesson."""
    return _draft(DraftKind.LESSON, code, number)


@blueprint.post("/author/questions/<code>/history/<int:number>/draft")
@access(holds(Role.AUTHOR))
def draft_question(code: str, number: int) -> Response:
    """Make a draft of a version of a question."""
    return _draft(DraftKind.QUESTION, code, number)


@blueprint.post("/author/papers/<code>/history/<int:number>/draft")
@access(holds(Role.AUTHOR))
def draft_paper(code: str, number: int) -> Response:
    """Make a draft of a version of a paper."""
    return _draft(DraftKind.PAPER, code, number)


def _draft(kind: DraftKind, code: str, number: int) -> Response:
    open_from_version(the_actor(), kind, code, number, now=utc_now())
    flash(_("Đã mở bản nháp với nội dung của phiên bản %(number)s.", number=number), "success")
    return redirect(url_for(ENDPOINTS[kind], code=code))
