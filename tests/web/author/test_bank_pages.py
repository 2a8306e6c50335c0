"""The bank in the browser: filters in the address, tables, usage, many labels at once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, AttemptState, Level, Question, QuestionVersion
from elearn.authoring.models import Draft, DraftState
from elearn.curriculum.models import Lesson, Module
from elearn.infra.models import AuditEntry
from elearn.kernel.clock import utc_now
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import sit
from tests.factories.authoring import make_draft, question_text
from tests.factories.curriculum import make_lesson, make_lesson_version, make_module
from tests.factories.statistics import make_item_statistic
from tests.support.elements import elements_of, text_of
from tests.support.statements import recorded
from tests.web.author.conftest import Staff

BANK = "/author/questions"
MANY = [f"q{number}" for number in range(101)]


@pytest.fixture(autouse=True)
def module(session: Session) -> Module:
    return make_module(session, "m1")


@pytest.fixture
def lesson(session: Session, module: Module) -> Lesson:
    return make_lesson(session, module, "bai-1")


def codes_on(page: str) -> list[str]:
    return [
        str(a["value"])
        for tag, a in elements_of(page)
        if tag == "input" and a.get("name") == "code"
    ]


def the_draft_of(session: Session, code: str) -> Draft | None:
    session.rollback()
    return session.scalars(select(Draft).where(Draft.code == code)).one_or_none()


def test_filters_are_kept_in_the_address_and_in_the_form(session: Session, author: Staff) -> None:
    for number in range(30):
        make_question(session, f"q{number:02}", level=Level.APPLY)
    page = author.client.get(f"{BANK}?level=APPLY&level=RECALL&q=cau&match=any").text
    ticked = [a.get("id") for tag, a in elements_of(page) if tag == "input" and "checked" in a]
    assert ticked == ["level-RECALL", "level-APPLY"]
    links = [str(a.get("href")) for tag, a in elements_of(page) if tag == "a"]
    assert any(
        "level=APPLY" in link and "level=RECALL" in link and "page=2" in link for link in links
    )
    assert any(link.startswith(f"{BANK}/export?") and "match=any" in link for link in links)


def test_nonsense_in_the_address_asks_for_nothing_odd(session: Session, author: Staff) -> None:
    make_question(session, "q1")
    page = author.client.get(f"{BANK}?state=X&sign=Y&level=&match=2&page=-3&outdated=no")
    assert codes_on(page.text) == ["q1"]


def test_figures_stand_in_the_list_once_there_are_enough(session: Session, author: Staff) -> None:
    for code, n in (("q1", 10), ("q2", 9)):
        version_id = make_question(session, code).published_version_id
        assert version_id is not None
        make_item_statistic(session, version_id, n=n, facility=0.73)
    page = author.client.get(BANK).text
    assert page.count("73%") == page.count('q1/statistics"') * 2 == 2


def test_a_page_of_the_bank_costs_few_statements(session: Session, author: Staff) -> None:
    for number in range(40):
        make_question(session, f"q{number}")
    author.client.get(BANK)
    with recorded() as statements:
        author.client.get(f"{BANK}?q=cau&sign=FEW&double=1&outdated=1&match=any")
    assert len(statements) <= 12


def test_the_table_of_the_same_search(session: Session, author: Staff) -> None:
    make_question(session, "q1")
    make_question(session, "q2", level=Level.APPLY)
    lines = author.client.get(f"{BANK}/export?shape=csv&level=APPLY").text.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("q2,m1,,single_choice,APPLY,,S1,")
    assert "Đang xuất bản" in lines[1]
    assert author.client.get(f"{BANK}/export").data[:2] == b"PK"
    assert author.client.get(f"{BANK}/export?shape=exe").status_code == 422


def test_reviewers_read_the_bank_and_change_no_labels(session: Session, reviewer: Staff) -> None:
    make_question(session, "q1")
    assert codes_on(reviewer.client.get(BANK).text) == []
    assert reviewer.client.get(f"{BANK}/retag?code=q1").status_code == 403
    assert reviewer.client.post(f"{BANK}/retag", data={"code": "q1"}).status_code == 403


def test_usage(session: Session, author: Staff, module: Module) -> None:
    question = make_question(session, "q1")
    make_paper(session, "co-ten", sections=[{"title": "A", "questions": ["q1"]}])
    make_paper(session, "rut", sections=[{"title": "A", "draw": [{"module": "m1", "count": 1}]}])
    make_paper(session, "khac", sections=[{"title": "A", "draw": [{"module": "m2", "count": 1}]}])
    make_lesson_version(session, make_lesson(session, module, "bai-1"), check_codes=["q1"])
    sit(session, "co-ten", {"q1": "a"})
    voided = session.get_one(Attempt, sit(session, "co-ten", {"q1": "a"}))
    voided.state = AttemptState.VOIDED
    session.commit()
    said = text_of(author.client.get(f"{BANK}/{question.code}/usage").text)
    assert "(co-ten): có tên trong đề" in said
    assert "(rut): có thể được rút" in said
    assert "khac" not in said
    assert "(bai-1, m1)" in said
    assert "Đã hủy 1 1 1" in said


def test_a_question_nobody_uses(session: Session, author: Staff) -> None:
    make_question(session, "q1")
    said = text_of(author.client.get(f"{BANK}/q1/usage").text)
    assert "Không đề nào đang dùng có câu này" in said
    assert "Chưa có lượt làm bài nào gặp câu này" in said
    assert author.client.get(f"{BANK}/khong/usage").status_code == 404


def test_many_questions_are_relabelled_through_review(
    session: Session, author: Staff, lesson: Lesson
) -> None:
    for code in ("q1", "q2"):
        make_question(session, code)
    answer = author.client.post(
        f"{BANK}/retag",
        data={
            "code": ["q1", "q2"], "level": "APPLY", "lesson": "bai-1", "area": "PAR_PROCEDURES",
            "add": ["S2", "S3"], "drop": ["S1"], "note": "Chuyển sang bài mới",
        },
    )  # fmt: skip
    assert answer.headers["Location"] == "/author/drafts"
    for code in ("q1", "q2"):
        draft = the_draft_of(session, code)
        assert draft is not None
        assert draft.state is DraftState.IN_REVIEW
        assert draft.change_note == "Chuyển sang bài mới"
        labels = {key: draft.content[key] for key in ("level", "lesson", "area", "skills")}
        assert labels == {
            "level": "APPLY", "lesson": "bai-1", "area": "PAR_PROCEDURES", "skills": ["S2", "S3"],
        }  # fmt: skip
    version = session.scalars(
        select(QuestionVersion)
        .join(Question, Question.published_version_id == QuestionVersion.id)
        .where(Question.code == "q1")
    ).one()
    assert (version.level, version.skills, version.number) == (Level.RECALL, ["S1"], 1)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "bank.retag")).one()
    assert entry.details["codes"] == ["q1", "q2"]


def test_questions_that_cannot_be_relabelled_are_named(
    session: Session, author: Staff, lesson: Lesson
) -> None:
    for code in ("busy", "same", "gone"):
        make_question(session, code)
    make_question(session, "other", module_code="m9")
    make_draft(author.actor, "busy", question_text("bai-1"))
    session.scalars(select(Question).where(Question.code == "gone")).one().retired_at = utc_now()
    session.commit()
    codes = ["busy", "same", "gone", "other", "unknown"]
    data = {"code": codes, "level": "RECALL", "note": "Thử"}
    author.client.post(f"{BANK}/retag", data=data)
    said = text_of(author.client.get("/author/drafts").text)
    assert "Đang có bản nháp nên để nguyên: busy." in said
    assert "Đã có sẵn nhãn này: other, same." in said
    assert "thuộc chuyên đề khác: gone, unknown." in said
    author.client.post(f"{BANK}/retag", data={"code": "other", "lesson": "bai-1", "note": "Thử"})
    assert the_draft_of(session, "other") is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"code": "q1", "note": "Thử"}, "Hãy chọn ít nhất một nhãn"),
        ({"code": "q1", "level": "APPLY", "note": " "}, "Hãy ghi lý do"),
        ({"code": "q1", "level": "NONE", "note": "Thử"}, "Không có mức độ này"),
        ({"code": "q1", "lesson": "khong", "note": "Thử"}, "Không có bài học này"),
        ({"level": "APPLY", "note": "Thử"}, "Hãy chọn ít nhất một câu hỏi"),
        ({"code": MANY, "level": "APPLY", "note": "Thử"}, "chỉ đổi nhãn được 100"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_and_changes_nothing(
    session: Session, author: Staff, data: dict[str, object], words: str
) -> None:
    make_question(session, "q1")
    answer = author.client.post(f"{BANK}/retag", data=data)
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert the_draft_of(session, "q1") is None
