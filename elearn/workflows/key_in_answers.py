"""Answers from paper: read from a list, shown before they count, then graded all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.assessment import services as attempts
from elearn.assessment.domain.question_types import Value, type_of
from elearn.assessment.printing import queries, services
from elearn.assessment.printing.cells import read_cell
from elearn.assessment.printing.entries import EntryRow, read_lines, read_table
from elearn.assessment.printing.models import EntryState
from elearn.assessment.printing.queries import EntryView, FormView, SetView
from elearn.assessment.rounds.models import RoundExaminee
from elearn.infra import audit
from elearn.infra.bulk import select_in
from elearn.infra.db import reading, transaction
from elearn.infra.table_files import iter_tables
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Conflict, Forbidden, Invalid
from elearn.org.models import Person
from elearn.org.scope import people_in
from elearn.workflows import complete_course
from elearn.workflows.print_papers import officer_scope

# The note of an attempt that ended on paper, where others have who or what ended them.
CLOSED_BY = "paper"


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """What is wrong with a row; ``question`` None: with the row as a whole."""

    row: int
    question: int | None
    message: Invalid


@dataclass(frozen=True, slots=True)
class Sheet:
    """A row that can be graded."""

    row: int
    person_id: int
    full_name: str
    form: FormView
    values: Mapping[int, Value]


@dataclass(frozen=True, slots=True)
class Preview:
    """A list as it would count: all of it, or what has to be put right first."""

    found: SetView
    entry: EntryView
    sheets: list[Sheet]
    problems: list[EntryProblem]


def stage_file(
    actor: Actor, set_id: int, name: str, content: bytes, *, sat_at: datetime, now: datetime
) -> int:
    """Take in a list from a .csv or .xlsx file; return its id. Raises NotFound, Invalid."""
    tables = iter_tables(name, content)
    first = next(tables, None)
    if first is None:
        raise Invalid("printing.empty", N_("Danh sách chưa có dòng nào."))
    return _stage(actor, set_id, read_table(first), sat_at=sat_at, now=now)


def stage_text(actor: Actor, set_id: int, text: str, *, sat_at: datetime, now: datetime) -> int:
    """Take in a pasted list; return its id. Raises NotFound, Invalid."""
    return _stage(actor, set_id, read_lines(text), sat_at=sat_at, now=now)


def _stage(
    actor: Actor, set_id: int, rows: Sequence[EntryRow], *, sat_at: datetime, now: datetime
) -> int:
    if actor.user_id is None:
        raise Forbidden("access.signed_out", N_("Bạn cần đăng nhập."))
    if sat_at > now:
        raise Invalid("printing.future", N_("Giờ làm bài không thể ở tương lai."))
    with transaction() as session:
        found = queries.get_set(session, set_id, officer_scope(actor, now))
        if found.built_at is None:
            raise Conflict("printing.waiting", N_("Bộ đề đang được tạo. Hãy thử lại sau ít phút."))
        return services.add_entry(
            session, set_id, rows, sat_at=sat_at, user_id=actor.user_id, now=now
        )


def preview(actor: Actor, set_id: int, entry_id: int, *, now: datetime) -> Preview:
    """Return a waiting list as it would count now. Raises NotFound."""
    with reading() as session:
        found = queries.get_set(session, set_id, officer_scope(actor, now))
        entry = queries.get_entry(session, set_id, entry_id)
        if entry.state is not EntryState.WAITING:
            return Preview(found, entry, [], [])
        return _judged(session, actor, found, entry, now)


def _judged(
    session: Session, actor: Actor, found: SetView, entry: EntryView, now: datetime
) -> Preview:
    rows = [EntryRow(row, person, form, tuple(cells)) for row, person, form, cells in entry.rows]
    desk = _Desk(session, actor, found, rows, now)
    sheets, problems = [], []
    for row in rows:
        try:
            sheets.append(desk.read(row))
        except _Refused as refused:
            problems += refused.problems
    return Preview(found, entry, sheets, problems)


class _Refused(Exception):
    def __init__(self, problems: list[EntryProblem]) -> None:
        super().__init__()
        self.problems = problems


class _Desk:
    """Everything that rows are judged by, read once for all of them."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        found: SetView,
        rows: Sequence[EntryRow],
        now: datetime,
    ) -> None:
        self.own_id = actor.person_id
        self.forms = {form.code: form for form in queries.list_forms(session, found.id)}
        scope = officer_scope(actor, now)
        people = select(Person.code, Person.id, Person.full_name).where(
            Person.id.in_(people_in(scope))
        )
        codes = {row.person for row in rows}
        self.people = {
            code: (person_id, name)
            for code, person_id, name in select_in(session, people, Person.code, codes)
        }
        self.keyed = queries.keyed_people(session, found.id)
        self.sitting = queries.people_with_open_attempt(session, found.paper_id)
        self.audience = _audience(session, found.round_id)
        self.seen: dict[int, int] = {}

    def read(self, row: EntryRow) -> Sheet:
        """Return the row as it can be graded. Raises _Refused with all that is wrong with it."""
        problems: list[EntryProblem] = []
        person = self._person(row, problems)
        form = self.forms.get(row.form)
        if form is None:
            message = Invalid(
                "printing.form", N_("Không có mã đề “%(form)s” trong bộ này."), form=row.form
            )
            problems.append(EntryProblem(row.row, None, message))
        values = self._values(row, form, problems) if form is not None else {}
        if problems or person is None or form is None:
            raise _Refused(problems)
        return Sheet(row.row, *person, form, values)

    def _person(self, row: EntryRow, problems: list[EntryProblem]) -> tuple[int, str] | None:
        person = self.people.get(row.person)
        refusal = self._refusal(row, person[0] if person else None)
        if refusal is not None:
            problems.append(EntryProblem(row.row, None, refusal))
        if person is not None:
            self.seen.setdefault(person[0], row.row)
        return person

    def _refusal(self, row: EntryRow, person_id: int | None) -> Invalid | None:
        """Return why this person's answers cannot be taken in."""
        if person_id is None:
            return Invalid(
                "printing.person",
                N_("Không có cán bộ mã “%(code)s” trong phạm vi của bạn."),
                code=row.person,
            )
        if person_id in self.seen:
            return Invalid(
                "printing.twice",
                N_("Người này đã có ở dòng %(row)s."),
                row=self.seen[person_id],
            )
        is_outside = self.audience is not None and person_id not in self.audience
        for is_so, code, message in (
            (person_id == self.own_id, "own", N_("Bạn không thể nhập bài làm của chính mình.")),
            (person_id in self.keyed, "keyed", N_("Người này đã có kết quả của bộ đề này.")),
            (person_id in self.sitting, "sitting", N_("Người này đang làm bài này trên máy.")),
            (is_outside, "audience", N_("Người này không có tên trong đợt làm bài.")),
        ):
            if is_so:
                return Invalid(f"printing.{code}", message)
        return None

    def _values(
        self, row: EntryRow, form: FormView, problems: list[EntryProblem]
    ) -> dict[int, Value]:
        values: dict[int, Value] = {}
        for number, cell in enumerate(row.cells, 1):
            if not cell:
                continue
            if number > len(form.asked):
                message = Invalid(
                    "printing.too_many",
                    N_("Đề này chỉ có %(count)s câu."),
                    count=len(form.asked),
                )
                problems.append(EntryProblem(row.row, number, message))
                break
            asked = form.asked[number - 1]
            try:
                value = read_cell(asked.shown, cell)
                if value is not None:
                    values[number] = type_of(asked.type).check_value(asked.key, value)
            except Invalid as error:
                problems.append(EntryProblem(row.row, number, error))
        return values


def _audience(session: Session, round_id: int | None) -> set[int] | None:
    if round_id is None:
        return None
    return set(
        session.scalars(select(RoundExaminee.person_id).where(RoundExaminee.round_id == round_id))
    )


def confirm(actor: Actor, set_id: int, entry_id: int, *, now: datetime) -> int:
    """Grade every sheet of a waiting list, all or none; return how many. Audited.

    Raises NotFound, Conflict when it was decided before, when a row is wrong by now, or when
    somebody of the list began the paper on the site at this moment.
    """
    try:
        with transaction() as session:
            found = queries.get_set(session, set_id, officer_scope(actor, now))
            entry = queries.get_entry(session, set_id, entry_id)
            services.decide_entry(session, entry_id, EntryState.APPLIED, now=now)
            judged = _judged(session, actor, found, entry, now)
            if judged.problems:
                raise Conflict(
                    "printing.problems", N_("Danh sách còn chỗ sai nên chưa nhập dòng nào.")
                )
            for sheet in judged.sheets:
                _grade(session, actor, found, entry, sheet, now)
            audit.record(
                session,
                actor,
                "printing.key_in",
                ("set", set_id),
                at=now,
                details={"entry": entry_id, "sheets": len(judged.sheets)},
            )
            return len(judged.sheets)
    except IntegrityError as error:
        raise Conflict(
            "printing.moved",
            N_("Có người trong danh sách vừa bắt đầu làm bài trên máy. Hãy xem lại rồi nhập."),
        ) from error


def _grade(
    session: Session,
    actor: Actor,
    found: SetView,
    entry: EntryView,
    sheet: Sheet,
    now: datetime,
) -> None:
    attempt = services.add_attempt(
        session, found, sheet.form, sheet.person_id, sheet.values, sat_at=entry.sat_at, now=now
    )
    attempts.close(session, attempt, now)
    attempt.submitted_at, attempt.closed_by = entry.sat_at, CLOSED_BY
    session.flush()
    complete_course.advance_after_test(session, actor, attempt, now=now)


def cancel(actor: Actor, set_id: int, entry_id: int, *, now: datetime) -> None:
    """Put a waiting list aside; nothing of it counts. Raises NotFound, Conflict."""
    with transaction() as session:
        queries.get_set(session, set_id, officer_scope(actor, now))
        queries.get_entry(session, set_id, entry_id)
        services.decide_entry(session, entry_id, EntryState.CANCELLED, now=now)
