"""Printing and keying in through a browser without JavaScript."""

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Grade
from elearn.kernel.actor import Role
from tests.factories.assessment import make_paper, make_question
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor


@pytest.fixture
def officer(session: Session, visitor: Visitor) -> FlaskClient:
    """Return an officer with one official, before a paper of two questions."""
    unit, user = make_unit(session), make_user(session)
    grant(session, user, Role.PROGRAMME_OFFICER, unit)
    make_assignment(session, make_person(session, "CB001"), unit)
    for code in ("mot", "hai"):
        make_question(session, code)
    make_paper(session, "de", sections=[{"title": "Chung", "questions": ["mot", "hai"]}])
    return visitor.as_user(user)


ORDER = {"paper": "de", "size": "2", "site": "Sở Nội vụ", "occasion": "Đợt thử"}


@pytest.fixture
def address(officer: FlaskClient, run_jobs: object) -> str:
    """Return where a set is shown once it has been made."""
    waiting = officer.post("/officer/printing", data=ORDER).headers["Location"]
    run_jobs()
    found = re.search(r'href="(/officer/printing/jobs/\d+)"', officer.get(waiting).text)
    assert found is not None
    return officer.get(found[1]).headers["Location"]


def test_from_the_order_to_graded_sheets(
    session: Session, officer: FlaskClient, address: str
) -> None:
    page = officer.get(address).text
    code = re.search(r'<th scope="row">(\d{3})</th>', page)[1]
    assert officer.get(f"{address}/files.zip").data[:2] == b"PK"
    form = {"sat_at": "2026-01-02T08:00", "lines": f"CB001 {code} A-"}
    seen = officer.post(f"{address}/entries", data=form, follow_redirects=True)
    assert "1 bài làm sẽ được chấm" in seen.text
    done = officer.post(seen.request.path, data={"act": "confirm"}, follow_redirects=True)
    assert "Đã nhập và chấm 1 bài làm" in done.text
    assert session.scalars(select(Grade.max_score)).all() == [2]


def test_a_wrong_list_is_shown_with_rows_and_what_to_do(officer: FlaskClient, address: str) -> None:
    table = "Mã cán bộ,Mã đề,1,2\nCB001,000,A,B\n".encode()
    form = {"sat_at": "2026-01-02T08:00", "file": (io.BytesIO(table), "bai.csv")}
    seen = officer.post(f"{address}/entries", data=form, follow_redirects=True)
    assert "Không có mã đề" in seen.text
    assert 'value="confirm"' not in seen.text


@pytest.mark.parametrize(
    ("name", "content"),
    [("bai.csv", b""), ("bai.txt", b"x"), ("bai.xlsx", b"PK"), ("bai.csv", b"a,b\n1,2\n")],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(
    officer: FlaskClient, address: str, name: str, content: bytes
) -> None:
    form = {"sat_at": "2026-01-02T08:00", "file": (io.BytesIO(content), name)}
    answer = officer.post(f"{address}/entries", data=form)
    assert answer.status_code == 422
    assert "file-error" in answer.text


@pytest.mark.parametrize("field", ["size", "site", "occasion", "paper"])
def test_an_order_with_a_gap_is_refused(officer: FlaskClient, field: str) -> None:
    assert officer.post("/officer/printing", data={**ORDER, field: ""}).status_code == 422


def test_a_number_of_hundreds_of_digits_is_refused_beside_its_field(officer: FlaskClient) -> None:
    answer = officer.post("/officer/printing", data={**ORDER, "size": "9" * 400})
    assert answer.status_code == 422
    assert "size-error" in answer.text
