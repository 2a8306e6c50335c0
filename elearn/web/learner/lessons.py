"""Lesson pages: reading, inline check questions, finishing. All of it works without scripts."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, AppError, Conflict, Invalid
from elearn.web.access import SIGNED_IN, access
from elearn.web.errors import message_of
from elearn.web.identity import the_actor, the_person_id
from elearn.web.quiz.forms import given_answer
from elearn.web.words import translated
from elearn.workflows import study_lesson
from elearn.workflows.study_lesson import CheckForm

blueprint = Blueprint("lessons", __name__, template_folder="templates")


def _show(module: str, lesson: str, *, refused: str = "", error: AppError | None = None) -> str:
    """Return the page; ``refused`` names what ``error`` is about: a check's code, or "finish"."""
    page = study_lesson.open_lesson(the_actor(), module, lesson, now=utc_now())
    return render_template(
        "learner/lesson.html",
        page=page,
        refused=refused,
        error=message_of(error) if error else None,
    )


def _number(name: str) -> int:
    """Return the whole number in the form field ``name``; 0, which names nothing, if it is none."""
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


@blueprint.get("/learn/<module>/<lesson>")
@access(SIGNED_IN)
def show(module: str, lesson: str) -> str:
    """Show a lesson to read."""
    the_person_id()
    return _show(module, lesson)


@blueprint.post("/learn/<module>/<lesson>/checks/<question>")
@access(SIGNED_IN)
def answer_check(module: str, lesson: str, question: str) -> Response | tuple[str, int]:
    """Keep the answer to an inline check, and come back to it."""
    the_person_id()
    form = CheckForm(_number("version"), given_answer("answer"))
    try:
        study_lesson.answer_check(the_actor(), module, lesson, question, form, now=utc_now())
    except Invalid as error:
        return _show(module, lesson, refused=question, error=error), 422
    except Conflict as error:
        return _show(module, lesson, refused=question, error=error), 409
    return _back(module, lesson, f"check-{question}")


@blueprint.post("/learn/<module>/<lesson>/changes")
@access(SIGNED_IN)
def accept_changes(module: str, lesson: str) -> Response:
    """Remember that the learner knows what changed since he opened the lesson."""
    the_person_id()
    study_lesson.accept_changes(
        the_actor(), module, lesson, version=_number("version"), now=utc_now()
    )
    return _back(module, lesson, None)


@blueprint.post("/learn/<module>/<lesson>/finish")
@access(SIGNED_IN)
def finish(module: str, lesson: str) -> Response | tuple[str, int]:
    """Finish the lesson; on the last one of a programme, go home with the good news."""
    the_person_id()
    try:
        done = study_lesson.finish_lesson(
            the_actor(), module, lesson, version=_number("version"), now=utc_now()
        )
    except Conflict as error:
        return _show(module, lesson, refused="finish", error=error), 409
    if done.completions:
        flash(translated(N_("Chúc mừng! Bạn vừa hoàn thành chương trình.")), "success")
        return redirect(url_for("learner.my_modules"), 303)
    return _back(module, lesson, "finish")


def _back(module: str, lesson: str, anchor: str | None) -> Response:
    address = url_for("lessons.show", module=module, lesson=lesson, _anchor=anchor)
    return redirect(address, 303)
