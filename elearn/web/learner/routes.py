"""The learner's home and his modules."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from elearn.infra.db import reading
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_
from elearn.progress.board_queries import get_board, get_module_page
from elearn.web.access import SIGNED_IN, access
from elearn.web.identity import the_actor, the_person_id
from elearn.web.words import translated
from elearn.workflows import complete_course

blueprint = Blueprint("learner", __name__, template_folder="templates")


@blueprint.get("/learn")
@access(SIGNED_IN)
def my_modules() -> str:
    """Show what the learner does next and by when, his programmes, modules and tests."""
    person_id = the_person_id()
    with reading() as session:
        now = utc_now()
        board = get_board(session, person_id, now=now)
    return render_template("learner/home.html", board=board, today=today(), now=now)


@blueprint.post("/learn/completion")
@access(SIGNED_IN)
def claim_completion() -> Response:
    """Record a programme whose modules were all complete before it was the learner's."""
    the_person_id()
    completions = complete_course.claim(the_actor(), now=utc_now())
    if completions:
        flash(translated(N_("Đã ghi nhận bạn hoàn thành chương trình.")), "success")
    return redirect(url_for("learner.my_modules"), 303)


@blueprint.get("/learn/<module>")
@access(SIGNED_IN)
def show_module(module: str) -> str:
    """Show a module: its lessons, its test, how far the learner is."""
    person_id = the_person_id()
    with reading() as session:
        page = get_module_page(session, person_id, module, now=utc_now())
    return render_template("learner/module.html", page=page, card=page.card)
