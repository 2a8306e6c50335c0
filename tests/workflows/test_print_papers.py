"""Papers on paper: files made once, keys that agree, answers keyed in all or none."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from docx import Document
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.forms.queries import redraw
from elearn.assessment.models import Attempt, AttemptSource, AttemptState, Grade
from elearn.assessment.printing.bundle import key_of
from elearn.assessment.printing.models import EntryState, PrintedForm
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Invalid, NotFound
from elearn.org.models import Person, Unit
from elearn.workflows import key_in_answers, print_papers, take_quiz
from elearn.workflows.print_papers import Opened, Order
from tests.factories import questions
from tests.factories.assessment import make_paper, make_question, make_question_version
from tests.factories.attempts import make_device
from tests.factories.org import actor_of, grant, make_assignment, make_person, make_unit, make_user

NOW = utc_now()
SAT = NOW - timedelta(hours=2)


@pytest.fixture
def unit(session: Session) -> Unit:
    return make_unit(session)


@pytest.fixture
def officer(session: Session, unit: Unit) -> Actor:
    user = make_user(session)
    return actor_of(user, grant(session, user, Role.PROGRAMME_OFFICER, unit))


@pytest.fixture
def person(session: Session, unit: Unit) -> Person:
    row = make_person(session, "CB001")
    make_assignment(session, row, unit)
    return row


@pytest.fixture
def bank(session: Session) -> None:
    """Make a paper of six questions from a bank of twelve, one of them not a choice."""
    for number in range(12):
        make_question(session, f"cau-{number:02}", correct="abcd"[number % 4])
    matching = make_question(session, "ghep", module_code="m2")
    make_question_version(
        session, matching, type="matching", module_code="m2", body=questions.MATCHING
    )
    cells = [{"module": "m1", "level": "RECALL", "count": 5}]
    fixed = {"title": "Phần II", "questions": ["ghep"]}
    sections = [{"title": "Phần I", "draw": cells}, fixed]
    make_paper(session, "de", sections=sections, pass_percent=Decimal(50))


def _ordered(officer: Actor, size: int = 3) -> int:
    order = Order("de", size, "Sở Nội vụ tỉnh Thử", "Đợt kiểm tra tháng 11")
    return print_papers.request_set(officer, order, now=NOW)[0]


@pytest.fixture
def made(session: Session, bank: None, officer: Actor, run_jobs: object) -> Opened:
    set_id = _ordered(officer)
    run_jobs()
    session.rollback()
    return print_papers.open_set(officer, set_id, now=NOW)


def _lines(opened: Opened, *people: str, wrong: int = 0) -> str:
    """Return a pasted list in which each answers as the key says, but for ``wrong`` cells."""
    form = opened.forms[0]
    cells = [key_of(asked) for asked in form.asked]
    cells[:wrong] = ["-"] * wrong
    return "\n".join("\t".join([code, form.code, *cells]) for code in people)


def _archive(officer: Actor, opened: Opened) -> zipfile.ZipFile:
    found = print_papers.open_files(officer, opened.found.id, now=NOW)
    return zipfile.ZipFile(io.BytesIO(found.content))


def test_the_bundle_holds_every_variant_with_its_code_on_every_page(
    officer: Actor, made: Opened
) -> None:
    archive = _archive(officer, made)
    codes = [form.code for form in made.forms]
    assert len(set(codes)) == 3
    for code in codes:
        pages = PdfReader(io.BytesIO(archive.read(f"de-thi/ma-de-{code}.pdf"))).pages
        assert all(f"Mã đề {code}" in page.extract_text() for page in pages)
        word = Document(io.BytesIO(archive.read(f"de-thi-word/ma-de-{code}.docx")))
        assert f"Mã đề: {code}" in [paragraph.text for paragraph in word.paragraphs]
        sheet = PdfReader(io.BytesIO(archive.read(f"phieu-tra-loi/ma-de-{code}.pdf")))
        assert "PHIẾU TRẢ LỜI" in sheet.pages[0].extract_text()


def test_papers_and_answer_sheets_hold_no_key(officer: Actor, made: Opened) -> None:
    archive = _archive(officer, made)
    for name in archive.namelist():
        if name.endswith(".pdf"):
            pages = PdfReader(io.BytesIO(archive.read(name))).pages
            text = "".join(page.extract_text() for page in pages)
            assert "Vì sao đúng" not in text
            assert "Nhận xét" not in text


def test_keys_are_by_code_and_by_the_id_of_each_question(officer: Actor, made: Opened) -> None:
    book = load_workbook(io.BytesIO(_archive(officer, made).read("dap-an.xlsx")))
    table, listed = book.worksheets
    assert [cell.value for cell in table[1]][1:] == [form.code for form in made.forms]
    for column, form in enumerate(made.forms, 2):
        keys = [table.cell(row, column).value for row in range(2, 8)]
        assert keys == [key_of(asked) for asked in form.asked]
    ids = {row[2] for row in listed.iter_rows(min_row=2, values_only=True)}
    assert ids == {asked.code for form in made.forms for asked in form.asked}


def test_variants_are_made_once_however_often_the_job_runs(
    session: Session, app: Flask, officer: Actor, made: Opened
) -> None:
    class Quiet:
        def report(self, done: int, total: int) -> None:
            """Tell nobody."""

    before = session.scalar(select(func.count()).select_from(PrintedForm))
    session.rollback()
    print_papers.build({"set_id": made.found.id}, Quiet())
    assert session.scalar(select(func.count()).select_from(PrintedForm)) == before == 3


def test_keyed_answers_are_graded_like_those_of_the_site(
    session: Session, officer: Actor, made: Opened, person: Person
) -> None:
    text = _lines(made, "CB001")
    entry = key_in_answers.stage_text(officer, made.found.id, text, sat_at=SAT, now=NOW)
    seen = key_in_answers.preview(officer, made.found.id, entry, now=NOW)
    assert (seen.problems, [sheet.person_id for sheet in seen.sheets]) == ([], [person.id])
    assert session.scalars(select(Attempt)).all() == []
    session.rollback()
    assert key_in_answers.confirm(officer, made.found.id, entry, now=NOW) == 1
    attempt = session.scalars(select(Attempt)).one()
    grade = session.scalars(select(Grade)).one()
    assert (attempt.state, attempt.source) == (AttemptState.GRADED, AttemptSource.PAPER)
    assert (attempt.submitted_at, attempt.started_at) == (SAT, SAT)
    assert (grade.score, grade.max_score, grade.passed) == (6, 6, True)
    assert "printing.key_in" in session.scalars(select(AuditEntry.act)).all()
    again = redraw(session, attempt.id)
    assert again.is_same
    assert again.form_number is not None
    assert again.target is not None


def test_empty_cells_earn_nothing(
    session: Session, officer: Actor, made: Opened, person: Person
) -> None:
    text = _lines(made, "CB001", wrong=4)
    entry = key_in_answers.stage_text(officer, made.found.id, text, sat_at=SAT, now=NOW)
    key_in_answers.confirm(officer, made.found.id, entry, now=NOW)
    assert session.scalars(select(Grade)).one().score == 2


def test_a_filled_workbook_is_read(
    session: Session, officer: Actor, made: Opened, person: Person
) -> None:
    book = load_workbook(io.BytesIO(_archive(officer, made).read("nhap-bai-lam.xlsx")))
    form = made.forms[1]
    book.active.append(["CB001", form.code, *(key_of(asked) for asked in form.asked)])
    target = io.BytesIO()
    book.save(target)
    entry = key_in_answers.stage_file(
        officer, made.found.id, "bai.xlsx", target.getvalue(), sat_at=SAT, now=NOW
    )
    assert key_in_answers.confirm(officer, made.found.id, entry, now=NOW) == 1
    assert session.scalars(select(Grade)).one().score == 6


def test_everything_wrong_is_told_by_row_and_question_and_nothing_counts(
    session: Session, officer: Actor, made: Opened, person: Person, unit: Unit
) -> None:
    stranger = make_person(session, "XA999")
    make_assignment(session, stranger, make_unit(session))
    code = made.forms[0].code
    text = "\n".join(
        [
            f"CB001\t{code}\tA",
            "CB001\t000\tA",
            f"XA999\t{code}\tA",
            f"CB777\t{code}\tA\tZ\tB\tC\tD\tA\tB",
        ]
    )
    entry = key_in_answers.stage_text(officer, made.found.id, text, sat_at=SAT, now=NOW)
    seen = key_in_answers.preview(officer, made.found.id, entry, now=NOW)
    found = {(each.row, each.question, each.message.code) for each in seen.problems}
    assert found == {
        (2, None, "printing.twice"),
        (2, None, "printing.form"),
        (3, None, "printing.person"),
        (4, None, "printing.person"),
        (4, 2, "printing.cell"),
        (4, 7, "printing.too_many"),
    }
    with pytest.raises(Conflict):
        key_in_answers.confirm(officer, made.found.id, entry, now=NOW)
    session.rollback()
    assert session.scalars(select(Attempt)).all() == []
    states = print_papers.open_set(officer, made.found.id, now=NOW).entries
    assert [line.state for line in states] == [EntryState.WAITING]


def test_the_same_sheet_counts_once(
    session: Session, officer: Actor, made: Opened, person: Person
) -> None:
    text = _lines(made, "CB001")
    first = key_in_answers.stage_text(officer, made.found.id, text, sat_at=SAT, now=NOW)
    second = key_in_answers.stage_text(officer, made.found.id, text, sat_at=SAT, now=NOW)
    key_in_answers.confirm(officer, made.found.id, first, now=NOW)
    for entry in (first, second):
        with pytest.raises(Conflict):
            key_in_answers.confirm(officer, made.found.id, entry, now=NOW)
    session.rollback()
    assert len(session.scalars(select(Attempt)).all()) == 1


def test_somebody_who_sits_the_paper_on_the_site_is_not_keyed_in(
    session: Session, officer: Actor, made: Opened, person: Person
) -> None:
    take_quiz.start(make_device(session, make_user(session, person=person)), "de")
    text = _lines(made, "CB001")
    entry = key_in_answers.stage_text(officer, made.found.id, text, sat_at=SAT, now=NOW)
    (problem,) = key_in_answers.preview(officer, made.found.id, entry, now=NOW).problems
    assert problem.message.code == "printing.sitting"


def test_nobody_keys_in_his_own_answers(
    session: Session, officer: Actor, made: Opened, unit: Unit, person: Person
) -> None:
    user = make_user(session, person=person)
    himself = actor_of(user, grant(session, user, Role.PROGRAMME_OFFICER, unit))
    text = _lines(made, "CB001")
    entry = key_in_answers.stage_text(himself, made.found.id, text, sat_at=SAT, now=NOW)
    (problem,) = key_in_answers.preview(himself, made.found.id, entry, now=NOW).problems
    assert problem.message.code == "printing.own"


def test_a_list_put_aside_counts_for_nothing(
    session: Session, officer: Actor, made: Opened, person: Person
) -> None:
    text = _lines(made, "CB001")
    entry = key_in_answers.stage_text(officer, made.found.id, text, sat_at=SAT, now=NOW)
    key_in_answers.cancel(officer, made.found.id, entry, now=NOW)
    with pytest.raises(Conflict):
        key_in_answers.confirm(officer, made.found.id, entry, now=NOW)


@pytest.mark.parametrize("text", ["", "CB001", "CB001 101"])
def test_a_list_without_answers_is_refused(officer: Actor, made: Opened, text: str) -> None:
    with pytest.raises(Invalid):
        key_in_answers.stage_text(officer, made.found.id, text, sat_at=SAT, now=NOW)


def test_the_future_is_refused(officer: Actor, made: Opened) -> None:
    later = NOW + timedelta(minutes=1)
    with pytest.raises(Invalid):
        key_in_answers.stage_text(officer, made.found.id, "a 101 A", sat_at=later, now=NOW)


def test_officers_of_other_units_find_nothing(session: Session, made: Opened) -> None:
    user = make_user(session)
    other = actor_of(user, grant(session, user, Role.PROGRAMME_OFFICER, make_unit(session)))
    for act in (
        lambda: print_papers.open_set(other, made.found.id, now=NOW),
        lambda: print_papers.open_files(other, made.found.id, now=NOW),
        lambda: key_in_answers.stage_text(other, made.found.id, "a 101 A", sat_at=SAT, now=NOW),
        lambda: key_in_answers.preview(other, made.found.id, 1, now=NOW),
        lambda: key_in_answers.confirm(other, made.found.id, 1, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize("size", [0, print_papers.MOST_VARIANTS + 1])
def test_a_size_beyond_reason_is_refused(bank: None, officer: Actor, size: int) -> None:
    with pytest.raises(Invalid):
        _ordered(officer, size)
