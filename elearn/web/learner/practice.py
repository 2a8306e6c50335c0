"""Daily review: one question at a time, its explanation, and when it comes back."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from elearn.assessment.practice.models import Recall
from elearn.assessment.practice.rules import FEWEST_PEOPLE
from elearn.curriculum.queries import list_documents
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import local_day, today, utc_now
from elearn.kernel.errors import N_, Invalid
from elearn.web.access import SIGNED_IN, access, holds
from elearn.web.errors import message_of
from elearn.web.identity import the_actor, the_person_id
from elearn.web.quiz.forms import given_answer
from elearn.web.words import translated
from elearn.workflows import practise

blueprint = Blueprint("practice", __name__, template_folder="templates")

SAYINGS = {Recall.HARD: N_("Khó nhớ"), Recall.GOOD: N_("Nhớ được"), Recall.EASY: N_("Quá dễ")}


def _number(name: str) -> int:
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _desk(error: str | None = None) -> str:
    desk = practise.open_desk(the_actor(), now=utc_now())
    return render_template("learner/practice.html", desk=desk, today=today(), error=error)


@blueprint.get("/practice")
@access(SIGNED_IN)
def show() -> str:
    """Show what waits today and the question to answer next."""
    the_person_id()
    return _desk()


@blueprint.post("/practice/cards/<int(max=2147483647):card_id>")
@access(SIGNED_IN)
def answer(card_id: int) -> Response | tuple[str, int]:
    """Judge an answer and go to what came of it."""
    the_person_id()
    fields = given_answer("answer")
    try:
        review_id = practise.answer(the_actor(), card_id, _number("version"), fields, now=utc_now())
    except Invalid as error:
        return _desk(message_of(error)), 422
    return redirect(url_for("practice.tell", review_id=review_id), 303)


@blueprint.get("/practice/reviews/<int(max=2147483647):review_id>")
@access(SIGNED_IN)
def tell(review_id: int) -> str:
    """Show the question with its key, and ask how hard it was."""
    the_person_id()
    now = utc_now()
    told = practise.tell(the_actor(), review_id, now=now)
    days = max(0, (local_day(told.review.due_at) - local_day(now)).days)
    with reading() as session:
        documents = list_documents(session, told.review.citations, on=local_day(now))
    return render_template(
        "learner/practice_told.html",
        told=told,
        sayings=[(recall, translated(SAYINGS[recall])) for recall in told.may_say],
        days=days,
        documents=documents,
    )


@blueprint.post("/practice/reviews/<int(max=2147483647):review_id>")
@access(SIGNED_IN)
def say_recall(review_id: int) -> Response:
    """Plan the question by how hard it was, and go on with the next one."""
    the_person_id()
    practise.say_recall(the_actor(), review_id, Recall(min(4, max(1, _number("recall")))))
    return redirect(url_for("practice.show"), 303)


@blueprint.get("/practice/use")
@access(holds(Role.HR, Role.LEADER, Role.PROGRAMME_OFFICER))
def show_use() -> str:
    """Show how the own units practise, never of fewer than five people."""
    use = practise.show_use(the_actor(), now=utc_now())
    begin = today() - timedelta(days=practise.USE_DAYS)
    return render_template("learner/practice_use.html", use=use, begin=begin, fewest=FEWEST_PEOPLE)
