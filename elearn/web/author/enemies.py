"""Enemies of a question: which questions never stand in one form with it."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from elearn.assessment.forms.enemies import list_enemies
from elearn.assessment.forms.queries import list_inline_checks
from elearn.authoring.catalogue.queries import get_thing, list_stems
from elearn.authoring.drafts.queries import title_of
from elearn.authoring.models import DraftKind
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, Conflict, Invalid
from elearn.web.access import access, holds
from elearn.web.author.pages import page
from elearn.web.errors import message_of
from elearn.web.forms import BaseForm
from elearn.web.identity import the_actor
from elearn.web.words import _
from elearn.workflows import manage_enemies

blueprint = Blueprint("author_enemies", __name__, template_folder="templates")
READERS = holds(Role.AUTHOR, Role.REVIEWER)


class EnemyForm(BaseForm):
    """Another question that gives this one away, or is given away by it."""

    code = StringField(
        N_("Mã câu hỏi kia"),
        [DataRequired(), Length(max=64)],
        description=N_("Ví dụ m1-017. Nếu câu kia đã ở một nhóm khác thì hai nhóm nhập làm một."),
    )


@blueprint.get("/author/questions/<code>/enemies")
@access(READERS)
def show(code: str) -> str:
    """Show the enemies of a question, and whether a lesson shows its key."""
    return _page(code, EnemyForm(formdata=None))


def _page(code: str, form: EnemyForm) -> str:
    with reading() as session:
        thing = get_thing(session, DraftKind.QUESTION, code)
        others = list_enemies(session, code)
        return page(
            "author/enemies.html",
            thing=thing,
            title=title_of(thing.content) if thing.content else code,
            enemies=list_stems(session, others),
            is_inline_check=bool(list_inline_checks(session, [code])),
            form=form,
        )


@blueprint.post("/author/questions/<code>/enemies")
@access(READERS)
def join(code: str) -> Response | tuple[str, int]:
    """Make another question an enemy of this one."""
    form = EnemyForm()
    if not form.validate_on_submit():
        return _page(code, form), 422
    try:
        manage_enemies.join(the_actor(), code, form.code.data or "", now=utc_now())
    except (Invalid, Conflict) as error:
        form.code.errors = [message_of(error)]
        return _page(code, form), 422 if isinstance(error, Invalid) else 409
    return _back(code, _("Từ nay hai câu không bao giờ cùng một đề."))


@blueprint.post("/author/questions/<code>/enemies/leave")
@access(READERS)
def leave(code: str) -> Response:
    """Take this question out of its set."""
    manage_enemies.leave(the_actor(), code, now=utc_now())
    return _back(code, _("Câu này không còn loại trừ câu nào."))


def _back(code: str, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("author_enemies.show", code=code))
