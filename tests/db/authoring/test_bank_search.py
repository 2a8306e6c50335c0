"""Searching the bank: words without accents, any and all, labels, states, statistics, doubles."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from elearn.assessment.models import Level, Question, QuestionVersion
from elearn.assessment.statistics.models import StatisticScope
from elearn.authoring.catalogue.bank import codes_of, iter_questions, page_of_questions
from elearn.authoring.catalogue.search import BankSearch, BankState, Sign
from elearn.authoring.models import Draft, DraftKind, DraftOrigin, DraftState
from elearn.curriculum.models import LegalDocument, LegalStatus
from elearn.kernel.clock import utc_now
from elearn.kernel.paging import PageRequest
from tests.factories.assessment import make_question
from tests.factories.authoring import make_author, make_draft, question_text
from tests.factories.statistics import make_item_statistic
from tests.support.statements import recorded

ON = date(2026, 11, 22)


def body(stem: str, *options: str) -> dict[str, Any]:
    texts = options or ("Có", "Không")
    return {
        "stem": stem,
        "options": [{"text": text, "correct": not place} for place, text in enumerate(texts)],
        "explanation": "Vì sao.",
    }


def add(session: Session, code: str, stem: str = "Câu hỏi", *options: str, **labels: Any) -> int:
    """Publish a question with these words and labels; return its version."""
    question = make_question(session, code, module_code=labels.pop("module_code", "m1"))
    labels = {"level": Level.RECALL, "skills": [], "citations": [], **labels}
    version = QuestionVersion(
        question_id=question.id,
        number=2,
        type="single_choice",
        module_code=question.bank,
        facts=[],
        points=1,
        body=body(stem, *options),
        rendered={},
        published_at=utc_now(),
        **labels,
    )
    session.add(version)
    session.flush()
    question.published_version_id = version.id
    session.commit()
    return version.id


def found(session: Session, **asked: Any) -> list[str]:
    page = page_of_questions(session, BankSearch(**asked), PageRequest(1, 50), on=ON)
    assert page.total == len(page.items)
    return [line.code for line in page.items]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("thủ tục hành chính", ["q1", "q2"]),
        ("THU TUC", ["q1", "q2"]),
        ("hành thủ", ["q1", "q2"]),
        ('"hành chính công"', ["q2"]),
        ("một cửa | thể chế", ["q1", "q3"]),
        ("một cửa HOẶC thể chế", ["q1", "q3"]),
        ("thủ tục -công", ["q1"]),
        ("đúng thời hạn", ["q3"]),
        ("q2", ["q2"]),
        ("100%", []),
        ("___", []),
        (" ", ["q1", "q2", "q3"]),
        ("không có chữ này", []),
    ],
)
def test_words_are_found_without_accents(session: Session, text: str, codes: list[str]) -> None:
    add(session, "q1", "Thủ tục hành chính một cửa?")
    add(session, "q2", "Thủ tục **hành chính** công?")
    add(session, "q3", "Cải cách thể chế?", "Đúng thời hạn", "Chậm")
    assert found(session, text=text) == codes


def test_fields_must_all_hold_or_any_of_them(session: Session) -> None:
    add(session, "q1", "Một cửa", level=Level.APPLY)
    add(session, "q2", "Một cửa", level=Level.RECALL)
    add(session, "q3", "Thể chế", level=Level.APPLY)
    assert found(session, text="một cửa", levels=("APPLY",)) == ["q1"]
    assert found(session, text="một cửa", levels=("APPLY",), is_any=True) == ["q1", "q2", "q3"]
    assert found(session, levels=("APPLY", "RECALL")) == ["q1", "q2", "q3"]


def test_the_module_always_holds(session: Session) -> None:
    add(session, "q1", "Một cửa")
    add(session, "q2", "Một cửa", module_code="m2")
    assert found(session, module_code="m2", text="một cửa", types=("x",), is_any=True) == ["q2"]


def test_labels_are_whole(session: Session) -> None:
    add(session, "q1", skills=["S1"], citations=["76-NQ-CP-2021:P2.II"], area="PAR_PROCEDURES")
    add(session, "q2", skills=["S11"], citations=["76-NQ-CP-2021"])
    add(session, "q3", citations=["176-NQ-CP-2021"], lesson_code="l1")
    assert found(session, skills=("S1",)) == ["q1"]
    assert found(session, skills=("S1", "S11")) == ["q1", "q2"]
    assert found(session, citation="76-NQ-CP-2021") == ["q1", "q2"]
    assert found(session, citation="76-NQ-CP-2021:P2.II") == ["q1"]
    assert found(session, areas=("PAR_PROCEDURES",)) == ["q1"]
    assert found(session, lesson="l1") == ["q3"]


def test_states(session: Session) -> None:
    author = make_author(session)
    for code in ("q1", "q2", "q3"):
        make_question(session, code)
    make_draft(author, "q2", question_text("l1"))
    session.execute(update(Question).where(Question.code == "q3").values(retired_at=utc_now()))
    _new_draft(session, "q4", "Câu mới về một cửa?")
    session.commit()
    assert found(session, states=(BankState.PUBLISHED,)) == ["q1"]
    assert found(session, states=(BankState.CHANGING,)) == ["q2"]
    assert found(session, states=(BankState.RETIRED,)) == ["q3"]
    assert found(session, states=(BankState.NEW,)) == ["q4"]
    assert found(session, states=(BankState.NEW, BankState.RETIRED)) == ["q3", "q4"]
    assert found(session, text="cau moi", levels=("RECALL",), types=("single_choice",)) == ["q4"]


def _new_draft(
    session: Session, code: str, stem: str, origin: DraftOrigin = DraftOrigin.BROWSER
) -> None:
    """Add a draft as an import adds many: by a plain INSERT."""
    now = utc_now()
    content = {
        "type": "single_choice", "level": "RECALL", "lesson": "l1", "area": None,
        "skills": ["S1"], "facts": [], "citations": [], "points": "1", "body": body(stem),
    }  # fmt: skip
    row = {
        "kind": DraftKind.QUESTION, "code": code, "module_code": "m1", "origin": origin,
        "content": content, "state": DraftState.EDITING, "created_at": now, "updated_at": now,
    }  # fmt: skip
    session.execute(insert(Draft), [row])
    session.commit()


def test_a_draft_that_is_saved_is_found_by_its_new_words(session: Session) -> None:
    _new_draft(session, "q4", "Câu cũ?")
    draft = session.scalars(select(Draft)).one()
    draft.content = {**draft.content, "body": body("Chữ mới?"), "skills": ["S7"]}
    session.commit()
    assert found(session, text="chu moi", skills=("S7",)) == ["q4"]
    assert found(session, text="câu cũ") == []


def test_of_two_drafts_of_a_question_that_of_the_browser_is_listed(session: Session) -> None:
    _new_draft(session, "q4", "Từ tệp?", DraftOrigin.FILE)
    _new_draft(session, "q4", "Từ trình duyệt?")
    lines = list(iter_questions(session, BankSearch(), on=ON))
    assert [(line.code, line.stem) for line in lines] == [("q4", "Từ trình duyệt?")]


@pytest.mark.parametrize(
    ("sign", "codes"),
    [
        (Sign.EASY, ["easy"]),
        (Sign.HARD, ["hard"]),
        (Sign.INVERSE, ["inverse"]),
        (Sign.WEAK, ["inverse", "weak"]),
        (Sign.LEAKED, ["leaked"]),
        (Sign.GOOD, ["good"]),
        (Sign.FEW, ["few", "never"]),
        (Sign.LOOK, ["easy", "hard", "inverse", "leaked", "weak"]),
    ],
)
def test_statistics(session: Session, sign: Sign, codes: list[str]) -> None:
    figures: dict[str, dict[str, Any]] = {
        "easy": {"facility": 0.97, "discrimination": 0.01},
        "few": {"n": 9, "facility": 0.99},
        "good": {"discrimination": 0.4},
        "hard": {"facility": 0.2, "discrimination": 0.2},
        "inverse": {"discrimination": -0.3},
        "leaked": {"discrimination": 0.2},
        "weak": {"discrimination": 0.05},
    }
    for code, values in figures.items():
        version_id = make_question(session, code).published_version_id
        assert version_id is not None
        make_item_statistic(session, version_id, **values)
        if code == "leaked":
            make_item_statistic(
                session, version_id, scope=StatisticScope.ROUND, scope_id=1, leak=5.0
            )
    make_question(session, "never")
    assert found(session, signs=(sign,)) == codes


def test_questions_on_documents_no_longer_in_force(session: Session) -> None:
    session.add_all(
        LegalDocument(
            code=code, type="Nghị quyết", issuer="Chính phủ", title="Thử",
            in_force_to=until, status=LegalStatus.IN_FORCE, replaced_by=[],
        )
        for code, until in (("cu", date(2026, 11, 22)), ("con", date(2026, 11, 23)), ("mo", None))
    )  # fmt: skip
    session.commit()
    for code in ("cu", "con", "mo"):
        add(session, f"q-{code}", citations=[f"{code}:D1"])
    assert found(session, is_outdated=True) == ["q-cu"]


def test_without_outdated_documents_no_question_is_outdated(session: Session) -> None:
    add(session, "q1")
    assert found(session, is_outdated=True) == []


def test_doubles_stand_together(session: Session) -> None:
    add(session, "q1", "Một cửa là gì?", "Có", "Không")
    add(session, "q2", "Câu khác?", "Có", "Không")
    add(session, "q3", "MOT CUA là gì", "Không", "Có")
    add(session, "q4", "Một cửa là gì?", "Có", "Chưa")
    _new_draft(session, "q5", "Câu khác?")
    lines = [line.code for line in iter_questions(session, BankSearch(is_double=True), on=ON)]
    assert sorted(lines) == ["q1", "q2", "q3", "q5"]
    assert abs(lines.index("q1") - lines.index("q3")) == 1


def test_a_retired_question_has_no_double(session: Session) -> None:
    add(session, "q1", "Một cửa?")
    add(session, "q2", "Một cửa?")
    session.execute(update(Question).where(Question.code == "q2").values(retired_at=utc_now()))
    session.commit()
    assert found(session, is_double=True) == []


def test_pages_and_codes(session: Session) -> None:
    for number in range(1, 6):
        make_question(session, f"q{number}")
    page = page_of_questions(session, BankSearch(), PageRequest(2, 2), on=ON)
    assert ([line.code for line in page.items], page.total) == (["q3", "q4"], 5)
    assert codes_of(session, BankSearch(), on=ON, limit=3) == ["q1", "q2", "q3"]


def test_a_line_tells_its_figures(session: Session) -> None:
    version_id = make_question(session, "q1").published_version_id
    assert version_id is not None
    make_item_statistic(session, version_id, n=40, facility=0.5, discrimination=0.2)
    line = next(iter_questions(session, BankSearch(), on=ON))
    assert (line.n, line.facility, line.discrimination) == (40, 0.5, 0.2)


def test_a_page_costs_four_statements_however_large_the_bank(session: Session) -> None:
    for number in range(30):
        make_question(session, f"q{number}")
    _new_draft(session, "q99", "Mới?")
    with recorded() as statements:
        page_of_questions(
            session,
            BankSearch(text="mới | câu hỏi", signs=(Sign.FEW,), states=tuple(BankState)),
            PageRequest(1, 50),
            on=ON,
        )
    assert len(statements) == 4
