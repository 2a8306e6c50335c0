"""Citations in words, and whether a document is in force on a day."""

from datetime import date

import pytest

from elearn.authoring.files.rules import Decision, decide
from elearn.curriculum.legal import Register, clause_text, status_on
from elearn.curriculum.models import LegalDocument, LegalStatus

DAY = date(2026, 7, 1)
BEFORE, AFTER = date(2025, 7, 1), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("P2.II.1", "Phần 2, mục II.1"),
        ("P2", "Phần 2"),
        ("PI.3", "Phần I, mục 3"),
        ("PL", "Phụ lục"),
        ("PL.4", "Phụ lục, mục 4"),
        ("PL2", "Phụ lục 2"),
        ("D3", "Điều 3"),
        ("D3.2", "Điều 3, khoản 2"),
        ("D3.2.đ", "Điều 3, khoản 2, điểm đ"),
        ("C2.1", "Chương 2, mục 1"),
        ("II.2.a", "mục II.2.a"),
    ],
)
def test_a_clause_reads_as_people_say_it(clause: str, words: str) -> None:
    assert clause_text(clause) == words


@pytest.mark.parametrize(
    ("status", "first", "end", "is_replaced", "on_the_day"),
    [
        ("IN_FORCE", None, None, False, "IN_FORCE"),
        ("UNKNOWN", None, None, False, "UNKNOWN"),
        ("AMENDED", BEFORE, None, False, "AMENDED"),
        ("IN_FORCE", None, DAY, True, "REPLACED"),
        ("IN_FORCE", None, DAY, False, "EXPIRED"),
        ("REPEALED", None, BEFORE, False, "REPEALED"),
        ("REPLACED", None, None, True, "REPLACED"),
        ("REPLACED", None, AFTER, True, "IN_FORCE"),
        ("IN_FORCE", AFTER, None, False, "NOT_YET"),
        ("NOT_YET", DAY, None, False, "IN_FORCE"),
        ("NOT_YET", None, None, False, "NOT_YET"),
    ],
)
def test_dates_go_before_what_the_register_says(
    status: str, first: date | None, end: date | None, is_replaced: bool, on_the_day: str
) -> None:
    found = status_on(LegalStatus(status), first, end, DAY, is_replaced=is_replaced)
    assert found is LegalStatus(on_the_day)


def document(code: str, **fields: object) -> LegalDocument:
    values: dict[str, object] = {
        "number": None,
        "type": "Nghị định",
        "issuer": "Chính phủ",
        "issued_on": None,
        "title": "Thử",
        "in_force_from": None,
        "in_force_to": None,
        "status": LegalStatus.IN_FORCE,
        "replaced_by": [],
    }
    return LegalDocument(code=code, **{**values, **fields})


def test_a_replaced_document_names_its_successor() -> None:
    old = document(
        "61-ND", number="61/2018/NĐ-CP", in_force_to=date(2025, 7, 1), replaced_by=["118-ND"]
    )
    register = Register([old, document("118-ND", number="118/2025/NĐ-CP")], DAY)
    citation = register.cite("61-ND", "D1")
    assert citation is not None
    assert (citation.label, citation.status, citation.is_current) == (
        "61/2018/NĐ-CP, Điều 1",
        "REPLACED",
        False,
    )
    assert citation.status_text == "đã được thay bằng 118/2025/NĐ-CP"
    assert citation.title == (
        "Nghị định 61/2018/NĐ-CP của Chính phủ – Điều 1 – đã được thay bằng 118/2025/NĐ-CP"
    )


def test_a_document_without_number_is_named_by_type_and_day() -> None:
    register = Register([document("NQ", issued_on=date(2021, 1, 21))], DAY)
    citation = register.cite_plainly("NQ", None)
    assert citation is not None
    assert (citation.label, citation.status) == ("Nghị định ngày 21/01/2021", None)


def test_an_unknown_document_is_none() -> None:
    assert Register([], DAY).cite("1-QD", None) is None


@pytest.mark.parametrize(
    ("file", "last", "published", "decision"),
    [
        ("a", None, None, Decision.PUBLISH),
        ("a", "a", "a", Decision.NOTHING),
        ("b", "a", "a", Decision.PUBLISH),
        ("a", "a", "x", Decision.NOTHING),
        ("b", "a", "x", Decision.DRAFT),
        ("x", "a", "x", Decision.NOTHING),
        ("b", None, "x", Decision.DRAFT),
        ("x", None, "x", Decision.NOTHING),
    ],
)
def test_what_becomes_of_a_files_text(
    file: str, last: str | None, published: str | None, decision: Decision
) -> None:
    assert decide(file, last, published) is decision
