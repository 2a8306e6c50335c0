"""Examinees report what is wrong with a question; authors say what was done about it."""

from datetime import datetime

from elearn.assessment.reports import queries
from elearn.assessment.reports.models import QuestionReport
from elearn.assessment.reports.queries import OwnReport
from elearn.infra import audit
from elearn.infra.db import now as database_now
from elearn.infra.db import reading, transaction
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Conflict, Invalid, NotFound
from elearn.kernel.text import clean

LONGEST = 500
MOST_PER_QUESTION = 3


def _checked(text: str) -> str:
    given = clean(text).strip()
    if not 1 <= len(given) <= LONGEST:
        raise Invalid(
            "report.text", N_("Hãy viết ngắn gọn, không quá %(most)s ký tự."), most=LONGEST
        )
    return given


def open_report(actor: Actor, attempt_id: int, number: int) -> list[OwnReport]:
    """Return what the actor has reported of question ``number`` of his attempt. Raises NotFound."""
    with reading() as session:
        item_id = queries.find_item(session, attempt_id, number, person_id=actor.person_id)
        return queries.list_own(session, item_id, actor.person_id or 0)


def report(actor: Actor, attempt_id: int, number: int, text: str) -> None:
    """Keep the actor's words about question ``number`` of his attempt.

    Raises NotFound for the attempts of others, Invalid for no or too long a text, Conflict after
    MOST_PER_QUESTION of them.
    """
    given = _checked(text)
    with transaction() as session:
        person_id = actor.person_id
        item_id = queries.find_item(session, attempt_id, number, person_id=person_id)
        if person_id is None or len(queries.list_own(session, item_id, person_id)) >= (
            MOST_PER_QUESTION
        ):
            raise Conflict("report.many", N_("Bạn đã báo lỗi câu này đủ số lần cho phép."))
        at = database_now(session)
        session.add(QuestionReport(item_id=item_id, person_id=person_id, text=given, at=at))


def resolve(actor: Actor, report_id: int, answer: str, *, now: datetime) -> None:
    """Say what was done about a report, audited. Raises NotFound, Invalid, Conflict."""
    given = _checked(answer)
    with transaction() as session:
        row = session.get(QuestionReport, report_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound("report.unknown", N_("Không có báo lỗi này."))
        if row.resolved_at is not None:
            raise Conflict("report.resolved", N_("Báo lỗi này đã được trả lời."))
        row.resolved_at, row.resolved_by, row.answer = now, actor.user_id, given
        audit.record(
            session, actor, "question.resolve_report", ("question_report", report_id), at=now
        )
