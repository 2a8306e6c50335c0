"""Sitting a paper: what it is, the sheet, handing in, the result.

Everything works as plain forms; static/js/attempt.js saves each change on top of that.
"""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as BaseResponse

from elearn.assessment.domain import timing
from elearn.assessment.domain.protocol import parse_save
from elearn.assessment.models import AnswerStatus, AttemptState
from elearn.assessment.results import Result
from elearn.assessment.rounds.entry import Shown
from elearn.curriculum.queries import Document, list_documents
from elearn.infra import sealing
from elearn.infra.db import reading
from elearn.kernel.clock import LOCAL_ZONE, today, utc_now
from elearn.kernel.errors import Conflict, Invalid, TooMany
from elearn.web.access import SIGNED_IN, access
from elearn.web.errors import message_of
from elearn.web.i18n import format_number
from elearn.web.identity import notes_itself, take_touch_due, the_actor
from elearn.web.quiz.bulletin import board
from elearn.web.quiz.forms import SheetForm, given_answers, shown_items
from elearn.web.words import _
from elearn.workflows import rescue_answers, take_quiz

blueprint = Blueprint("quiz", __name__, template_folder="templates")

# A queue that drains sends at most 200 events; an essay is some thousand letters.
MOST_BYTES = 1024 * 1024
# How questions are shown: all at once, one by the script, one by the server.
VIEW = "sheet_view"
VIEWS = ("all", "one", "paged")
_AT_THE_DOOR = ("ticket.", "round.no_forecast", "limit.")
_ATTEMPT = "/attempts/<int(max=2147483647):attempt_id>"


@blueprint.app_template_filter("points")
def points(value: Decimal) -> str:
    """Return points as people read them: two decimals at most, a decimal comma."""
    return format_number(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


@blueprint.get("/papers/<code>")
@access(SIGNED_IN)
def paper(code: str) -> str:
    """Show what the paper is, what the rules are, and how earlier attempts went."""
    desk = take_quiz.open_desk(the_actor(), code)
    refusal = message_of(desk.refusal) if desk.refusal else None
    return render_template("quiz/paper.html", desk=desk, refusal=refusal)


@blueprint.post("/papers/<code>")
@access(SIGNED_IN)
def start(code: str) -> BaseResponse:
    """Begin an attempt, or go on with the open one; a slip at the door of a round is told there."""
    shown = Shown(request.form.get("ticket", "")[:40], request.form.get("forecast", "")[:40])
    try:
        attempt_id = take_quiz.start(the_actor(), code, shown)
    except (Invalid, Conflict, TooMany) as error:
        if not error.code.startswith(_AT_THE_DOOR):
            raise
        flash(message_of(error), "error")
        return redirect(url_for("quiz.paper", code=code))
    return redirect(url_for("quiz.attempt", attempt_id=attempt_id))


@blueprint.post("/papers/<code>/forecast")
@access(SIGNED_IN)
def forecast(code: str) -> BaseResponse:
    """Change the forecast of a contest while the attempt runs."""
    try:
        take_quiz.change_forecast(the_actor(), code, request.form.get("forecast", "")[:40])
        flash(_("Đã ghi dự đoán của bạn."), "success")
    except Invalid as error:
        flash(message_of(error), "error")
    return redirect(url_for("quiz.paper", code=code))


@blueprint.get(_ATTEMPT)
@access(SIGNED_IN)
def attempt(attempt_id: int) -> str | BaseResponse:
    """Show the questions; a device that does not hold the attempt is asked to take it over."""
    actor = the_actor()
    head, sheet, now = take_quiz.open_sheet(actor, attempt_id)
    if sheet is None:
        return redirect(url_for("quiz.result", attempt_id=attempt_id))
    if head.session_id not in (None, actor.session_id):
        return render_template("quiz/elsewhere.html", head=head, sheet=sheet)
    view = cookie.get(VIEW, "all")
    only = _asked_number(len(sheet.items)) if view == "paged" else None
    return render_template(
        "quiz/attempt.html",
        head=head,
        sheet=sheet,
        shown=[item for item in sheet.items if only in (None, item.number)],
        only=only,
        view=view,
        now=now,
        seconds_left=timing.seconds_left(head.deadline_at, now),
        seal=sealing.keys(),
        stamp=rescue_answers.stamp_for(head.id, head.person_id),
        bulletin=None if head.round_id is None else board.number(head.round_id),
    )


def _asked_number(last: int) -> int:
    """Return the number of the question to show, 1 to ``last``."""
    return min(max(request.args.get("q", 1, type=int), 1), last)


@blueprint.post(_ATTEMPT + "/view")
@access(SIGNED_IN)
def choose_view(attempt_id: int) -> BaseResponse:
    """Remember for this sign-in how questions are shown, by all papers.

    "one": the page holds all and the script shows one; "paged": the server shows one.
    """
    chosen = request.form.get("view")
    if chosen in VIEWS:
        cookie[VIEW] = chosen
    return redirect(url_for("quiz.attempt", attempt_id=attempt_id))


@blueprint.post(_ATTEMPT)
@access(SIGNED_IN)
def save_form(attempt_id: int) -> BaseResponse:
    """Save the plain form; the button ``submit`` goes on to handing in."""
    epoch, seen_seq = SheetForm().place()
    saved = take_quiz.save_form(
        the_actor(), attempt_id, epoch, seen_seq, given_answers(), shown=shown_items()
    )
    if saved.state is not AttemptState.IN_PROGRESS:
        flash(
            _("Đã hết giờ làm bài. Chỉ tính các câu trả lời nhận được trước lúc hết giờ."),
            "warning",
        )
        return redirect(url_for("quiz.result", attempt_id=attempt_id))
    if any(ack.status is AnswerStatus.SUPERSEDED for ack in saved.acks):
        flash(
            _(
                "Bài đang được làm trên thiết bị khác. "
                "Thay đổi vừa gửi được giữ lại nhưng chưa tính."
            ),
            "warning",
        )
    elif request.form.get("act") == "submit":
        return redirect(url_for("quiz.confirm", attempt_id=attempt_id))
    elif not request.form.get("act", "").startswith("go-"):
        flash(_("Đã lưu bài lúc %(time)s.", time=_clock(saved.server_now)), "success")
    return redirect(url_for("quiz.attempt", attempt_id=attempt_id, q=_next_number()))


def _next_number() -> str | None:
    """Return the number of the question to show next, where questions are shown one by one."""
    act = request.form.get("act", "")
    number = act.removeprefix("go-") if act.startswith("go-") else request.args.get("q", "")
    return number if number.isdecimal() and len(number) < 5 else None


@blueprint.post(_ATTEMPT + "/answers")
@access(SIGNED_IN)
@notes_itself
def save(attempt_id: int) -> Response:
    """Take changes by the answer protocol, design.md section 6."""
    request.max_content_length = MOST_BYTES
    given = parse_save(_payload())
    touch_at = utc_now() if take_touch_due() else None
    saved = take_quiz.save_answers(the_actor(), attempt_id, given, touch_at=touch_at)
    return jsonify(
        acks=[{"uuid": ack.uuid, "status": ack.status.value} for ack in saved.acks],
        epoch=saved.epoch,
        deadline_at=saved.deadline_at.isoformat() if saved.deadline_at else None,
        server_now=saved.server_now.isoformat(),
        state=saved.state.value.lower(),
    )


@blueprint.post(_ATTEMPT + "/take-over")
@access(SIGNED_IN)
def take_over(attempt_id: int) -> BaseResponse:
    """Go on with the attempt on this device."""
    take_quiz.take_over(the_actor(), attempt_id)
    return redirect(url_for("quiz.attempt", attempt_id=attempt_id))


@blueprint.post(_ATTEMPT + "/superseded")
@access(SIGNED_IN)
def accept_superseded(attempt_id: int) -> BaseResponse:
    """Let count what a former device sent after this one had taken over."""
    count = take_quiz.accept_superseded(the_actor(), attempt_id)
    flash(_("Đã dùng %(count)s câu trả lời của thiết bị trước.", count=count), "success")
    return redirect(url_for("quiz.attempt", attempt_id=attempt_id))


@blueprint.get(_ATTEMPT + "/submit")
@access(SIGNED_IN)
def confirm(attempt_id: int) -> str | BaseResponse:
    """Ask before handing in, and list what has no answer yet."""
    head, sheet, now = take_quiz.open_sheet(the_actor(), attempt_id)
    if sheet is None:
        return redirect(url_for("quiz.result", attempt_id=attempt_id))
    return render_template(
        "quiz/confirm.html",
        head=head,
        sheet=sheet,
        seconds_left=timing.seconds_left(head.deadline_at, now),
    )


@blueprint.post(_ATTEMPT + "/submit")
@access(SIGNED_IN)
def submit(attempt_id: int) -> BaseResponse:
    """Hand in; pressing twice does no harm."""
    take_quiz.submit(the_actor(), attempt_id)
    return redirect(url_for("quiz.result", attempt_id=attempt_id))


@blueprint.get(_ATTEMPT + "/result")
@access(SIGNED_IN)
def result(attempt_id: int) -> str | BaseResponse:
    """Show the result, with keys and explanations where the paper releases them."""
    head, found = take_quiz.open_result(the_actor(), attempt_id)
    if head.state is AttemptState.VOIDED:
        return render_template("quiz/voided.html", head=head)
    if found is None and head.state is not AttemptState.IN_PROGRESS:
        return render_template("quiz/waiting.html", head=head)
    if found is None:
        return redirect(url_for("quiz.attempt", attempt_id=attempt_id))
    return render_template("quiz/result.html", head=head, result=found, documents=_documents(found))


def _clock(at: datetime) -> str:
    return at.astimezone(LOCAL_ZONE).strftime("%H:%M")


def _payload() -> object:
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _documents(found: Result) -> dict[str, Document]:
    citations = [citation for item in found.items for citation in item.citations]
    with reading() as session:
        documents = list_documents(session, citations, on=today())
    return {document.view.code: document for document in documents}
