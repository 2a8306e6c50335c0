"""Pages of statistics: figures with advice, hidden where few answered, closed to others."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Paper, PaperVersion, Question
from elearn.assessment.rounds.models import Round
from elearn.assessment.statistics.models import Reliability, StatisticScope
from elearn.infra.models import Job
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.org.models import Unit, UnitKind
from tests.factories.assessment import make_paper, make_question
from tests.factories.org import grant, make_unit, make_user
from tests.factories.statistics import make_held_round, make_item_statistic, make_paper_statistic
from tests.support.accounts import Visitor
from tests.support.elements import text_of
from tests.support.statements import recorded
from tests.web.author.conftest import Staff

QUESTION = "/author/questions/q1/statistics"
PAPER = "/author/papers/de/statistics"
# The key is a; the best quarter prefers b, nobody takes d.
WRONG_KEY = {"a": [30, 25, 20, 10], "b": [10, 15, 25, 40], "c": [10, 10, 5, 0]}
GROUPS = [50, 50, 50, 50]


def version_of(thing: Question | Paper) -> int:
    assert thing.published_version_id is not None
    return thing.published_version_id


@pytest.fixture
def question(session: Session) -> Question:
    return make_question(session, "q1")


@pytest.fixture
def paper(session: Session, question: Question) -> Paper:
    return make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1"]}])


def in_paper(session: Session, question: Question, paper: Paper, **figures: Any) -> None:
    make_item_statistic(
        session,
        version_of(question),
        scope=StatisticScope.PAPER,
        scope_id=version_of(paper),
        **figures,
    )


def officer_of(session: Session, visitor: Visitor, unit: Unit) -> Any:
    user = make_user(session)
    grant(session, user, Role.PROGRAMME_OFFICER, unit)
    return visitor.as_user(user)


def test_a_question_is_told_in_words(session: Session, author: Staff, question: Question) -> None:
    make_item_statistic(
        session, version_of(question), n=200, facility=0.425, discrimination=-0.3,
        options=WRONG_KEY, groups=GROUPS,
    )  # fmt: skip
    page = author.client.get(QUESTION)
    assert page.status_code == 200
    said = text_of(page.text)
    assert "Phân biệt ngược" in said
    assert "Nhóm điểm cao nhất chọn B nhiều hơn đáp án" in said
    assert "Không ai chọn D" in said
    assert "−0,3" in said
    # 10 of the best 50 chose the key.
    assert "20%" in said


def test_few_answers_are_not_shown(session: Session, author: Staff, question: Question) -> None:
    make_item_statistic(session, version_of(question), n=9, facility=0.777)
    said = text_of(author.client.get(QUESTION).text)
    assert "Mới có 9 lượt trả lời" in said
    assert "78%" not in said


def test_a_question_nobody_was_asked(author: Staff, question: Question) -> None:
    assert "Chưa có số liệu" in text_of(author.client.get(QUESTION).text)


@pytest.mark.parametrize("address", ["/author/questions/khong/statistics", QUESTION + "?version=9"])
def test_unknown_questions_and_versions(author: Staff, question: Question, address: str) -> None:
    assert author.client.get(address).status_code == 404


def test_a_question_page_costs_few_statements(
    session: Session, author: Staff, question: Question, paper: Paper
) -> None:
    make_item_statistic(session, version_of(question), groups=GROUPS, options=WRONG_KEY, n=200)
    in_paper(session, question, paper, n=200)
    author.client.get(QUESTION)
    with recorded() as statements:
        author.client.get(QUESTION)
    assert len(statements) <= 10


def test_a_paper_with_its_questions(
    session: Session, author: Staff, question: Question, paper: Paper
) -> None:
    in_paper(session, question, paper, n=100, facility=0.99, groups=[100], options={"a": [99]})
    make_paper_statistic(session, version_of(paper), n=100, reliability=0.81)
    said = text_of(author.client.get(PAPER).text)
    assert "0,81" in said
    assert "Quá dễ" in said
    assert "KR-20" in said


def test_a_paper_few_sat_is_not_shown(session: Session, author: Staff, paper: Paper) -> None:
    make_paper_statistic(session, version_of(paper), n=9)
    assert "Mới có 9 người làm" in text_of(author.client.get(PAPER).text)


def test_the_table_leaves_as_csv(
    session: Session, author: Staff, question: Question, paper: Paper
) -> None:
    in_paper(session, question, paper, n=100, facility=0.99, groups=[100], options={"a": [99]})
    make_paper_statistic(session, version_of(paper), n=100)
    answer = author.client.get(PAPER + "/export?shape=csv")
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeffCâu hỏi,Phiên bản")
    assert lines[1].startswith("q1,1,single_choice,RECALL,100,0,99.0,")
    assert "Quá dễ" in lines[1]
    xlsx = author.client.get(PAPER + "/export")
    assert xlsx.data[:2] == b"PK"


def held_round(session: Session, paper: Paper, unit: Unit, closes_at: datetime) -> Round:
    version = session.get_one(PaperVersion, version_of(paper))
    return make_held_round(session, version, unit=unit, closes_at=closes_at)


def test_a_running_round_has_no_figures_but_its_alarm(
    session: Session, author: Staff, question: Question, paper: Paper
) -> None:
    held = held_round(session, paper, make_unit(session), utc_now() + timedelta(days=1))
    make_paper_statistic(
        session, version_of(paper), n=100, scope=StatisticScope.ROUND, scope_id=held.id
    )
    make_item_statistic(
        session, version_of(question), scope=StatisticScope.ROUND, scope_id=held.id, leak=6.5
    )
    said = text_of(author.client.get(f"{PAPER}?round={held.code}").text)
    assert "Chưa có số liệu của đợt này" in said
    assert "có thể đã lộ câu hỏi : q1" in said.replace(":", " :").replace("  ", " ")


def test_a_closed_round_has_its_own_figures(
    session: Session, author: Staff, question: Question, paper: Paper
) -> None:
    held = held_round(session, paper, make_unit(session), utc_now() - timedelta(days=1))
    make_paper_statistic(
        session, version_of(paper), n=44, scope=StatisticScope.ROUND, scope_id=held.id
    )
    make_item_statistic(
        session, version_of(question), n=44, scope=StatisticScope.ROUND, scope_id=held.id
    )
    assert "44" in text_of(author.client.get(f"{PAPER}?round={held.code}").text)
    assert held.title in text_of(author.client.get(PAPER).text)
    make_item_statistic(session, version_of(question))
    assert held.title in text_of(author.client.get(QUESTION).text)


def test_a_round_is_found_in_the_version_that_was_sat(
    session: Session, author: Staff, question: Question, paper: Paper
) -> None:
    held = held_round(session, paper, make_unit(session), utc_now() - timedelta(days=1))
    sat = session.get_one(PaperVersion, version_of(paper))
    values = {
        column.name: getattr(sat, column.name)
        for column in PaperVersion.__table__.columns
        if column.name not in ("id", "number")
    }
    session.add(PaperVersion(**values, number=2))
    session.commit()
    assert author.client.get(f"{PAPER}?version=2&round={held.code}").status_code == 404
    page = author.client.get(f"{PAPER}?round={held.code}")
    assert "phiên bản 1" in text_of(page.text)


def test_an_officer_sees_the_rounds_of_his_units_alone(
    session: Session, visitor: Visitor, paper: Paper
) -> None:
    province = make_unit(session, "T", kind=UnitKind.PROVINCE)
    own, other = (make_unit(session, code, parent=province) for code in ("A", "B"))
    held = held_round(session, paper, other, utc_now() - timedelta(days=1))
    client = officer_of(session, visitor, own)
    assert client.get(PAPER).status_code == 200
    assert held.title not in client.get(PAPER).text
    assert client.get(f"{PAPER}?round={held.code}").status_code == 404
    assert client.get(f"{PAPER}/export?round={held.code}").status_code == 404
    assert held.title in officer_of(session, visitor, province).get(PAPER).text


def test_asking_for_new_figures_shows_the_progress(session: Session, author: Staff) -> None:
    answer = author.client.post("/author/statistics/compute")
    job = session.scalars(select(Job)).one()
    assert answer.headers["Location"] == f"/jobs/{job.id}"
    assert "Tính thống kê câu hỏi" in author.client.get(f"/jobs/{job.id}").text
    after = author.client.get(f"/author/statistics/jobs/{job.id}")
    assert after.headers["Location"] == "/author/statistics"


def test_the_job_of_somebody_else_is_not_found(
    author: Staff, reviewer: Staff, session: Session
) -> None:
    author.client.post("/author/statistics/compute")
    job = session.scalars(select(Job)).one()
    assert reviewer.client.get(f"/author/statistics/jobs/{job.id}").status_code == 404


def test_the_list_of_papers(session: Session, author: Staff, paper: Paper) -> None:
    assert "Chưa có số liệu" in text_of(author.client.get("/author/statistics").text)
    make_paper_statistic(session, version_of(paper), n=120, mean=63.5)
    said = text_of(author.client.get("/author/statistics").text)
    assert "63,5%" in said
    assert Reliability.ALPHA.value not in said


def test_learners_see_no_statistics(session: Session, visitor: Visitor, question: Question) -> None:
    client = visitor.as_user(make_user(session))
    for address in (QUESTION, PAPER, "/author/statistics"):
        assert client.get(address).status_code == 403
