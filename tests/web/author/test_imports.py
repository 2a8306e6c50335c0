"""Importing and exporting questions in the browser: preview first, then all or nothing."""

from collections.abc import Callable
from io import BytesIO

import docx
import openpyxl
import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from elearn.assessment.formats import catalogue
from elearn.authoring.imports.models import ImportState, QuestionImport
from elearn.authoring.models import Draft
from elearn.curriculum.models import Media
from elearn.infra import storage
from elearn.infra.jobs import Progress
from elearn.infra.models import AuditEntry
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import NotFound
from elearn.workflows import stage_questions
from elearn.workflows.import_questions import apply_import, check_import
from elearn.workflows.stage_questions import KEPT_WAITING
from tests.factories.assessment import make_question
from tests.factories.curriculum import make_lesson, make_module
from tests.web.author.conftest import Staff

RunJobs = Callable[[], int]
TEXT = """Câu 1 (VD): Cơ quan nào ban hành?
A. Quốc hội
B. Chính phủ
Đáp án: B
Giải thích: Vì thế.
Câu 2: Câu hỏi thử?
A. Phương án a
B. Phương án b
C. Phương án c
D. Phương án d
Đáp án: A
"""


@pytest.fixture(autouse=True)
def module(session: Session) -> None:
    make_lesson(session, make_module(session, "m1"), "bai-1")
    make_question(session, "m1-001", module_code="m1")


def _post(client: FlaskClient, content: bytes = b"", name: str = "", **fields: str) -> TestResponse:
    # Encoded here: the client would put a large file into a temporary one and leave it open.
    data: dict[str, object] = {"bank": "m1", "format": "auto", "level": "RECALL", **fields}
    if content:
        data["file"] = FileStorage(BytesIO(content), filename=name)
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post("/author/imports", data=body, content_type=kind)


def _only(session: Session) -> QuestionImport:
    session.rollback()
    return session.scalars(select(QuestionImport).execution_options(populate_existing=True)).one()


def _checked(client: FlaskClient, run_jobs: RunJobs, *args: object, **fields: str) -> str:
    """Hand a file in, have it checked, and return the page of the import."""
    answer = _post(client, *args, **fields)
    assert answer.status_code == 303
    run_jobs()
    job_id = answer.location.rpartition("/")[2]
    return client.get(f"/author/imports/jobs/{job_id}", follow_redirects=True).text


def _drafts(session: Session) -> list[Draft]:
    session.rollback()
    return list(session.scalars(select(Draft).order_by(Draft.code)))


def test_pasted_questions_are_shown_first_and_kept_when_confirmed(
    author: Staff, session: Session, run_jobs: RunJobs
) -> None:
    html = _checked(author.client, run_jobs, text=TEXT, lesson="bai-1")
    assert "Sẽ thêm 1 bản nháp; 1 câu trùng được bỏ qua." in html
    assert "Cơ quan nào ban hành?" in html
    assert "mã mới: m1-i-001" in html
    assert "trùng với m1-001" in html
    assert _drafts(session) == []
    batch = _only(session)
    answer = author.client.post(
        f"/author/imports/{batch.id}/confirm", data={"digest": batch.digest}
    )
    assert answer.status_code == 303
    run_jobs()
    (draft,) = _drafts(session)
    assert (draft.code, draft.content["lesson"], draft.content["level"]) == (
        "m1-i-001",
        "bai-1",
        "APPLY",
    )
    batch = _only(session)
    assert (batch.state, batch.file_key, batch.reading_key) == (ImportState.APPLIED, None, None)
    html = author.client.get(f"/author/imports/{batch.id}").text
    assert "Đã thêm 1 bản nháp; bỏ qua 1 câu trùng." in html
    acts = list(session.scalars(select(AuditEntry.act)))
    assert acts == ["questions.import"]
    assert author.client.get("/author/questions/m1-i-001/edit").status_code == 200


def test_a_file_with_an_error_is_refused_with_its_place(
    author: Staff, session: Session, run_jobs: RunJobs
) -> None:
    html = _checked(author.client, run_jobs, text=TEXT.replace("Đáp án: B", "Đáp án: E"))
    assert "Có 1 lỗi nên chưa nhập câu nào." in html
    assert "Đáp án “E” không chỉ phương án nào của câu này." in html
    batch = _only(session)
    assert batch.state is ImportState.REFUSED
    answer = author.client.post(
        f"/author/imports/{batch.id}/confirm", data={"digest": batch.digest}
    )
    assert answer.status_code == 409
    assert _drafts(session) == []


def _word() -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph("Câu 1: Hình nào? ")
    picture = BytesIO()
    Image.new("RGB", (30, 20), "red").save(picture, format="PNG")
    picture.seek(0)
    paragraph.add_run().add_picture(picture)
    document.add_paragraph("A. Một\tB. Hai")
    document.add_paragraph("Đáp án: A")
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def test_pictures_are_shown_before_and_stored_after(
    author: Staff, colleague: Staff, session: Session, run_jobs: RunJobs
) -> None:
    html = _checked(author.client, run_jobs, _word(), "Đề thi.docx")
    batch = _only(session)
    (name,) = batch.pictures
    address = f"/author/imports/{batch.id}/pictures/{name}"
    assert f'src="{address}"' in html
    assert author.client.get(address).data.startswith(b"\x89PNG")
    assert colleague.client.get(address).status_code == 404
    assert author.client.get(address + "x").status_code == 404
    assert session.scalar(select(func.count()).select_from(Media)) == 0
    author.client.post(f"/author/imports/{batch.id}/confirm", data={"digest": batch.digest})
    run_jobs()
    (draft,) = _drafts(session)
    assert draft.content["body"]["stem"] == f"Hình nào? ![hình](media/{name})"
    media = session.scalars(select(Media)).one()
    assert (media.name, media.width) == (name, 30)
    assert _only(session).pictures == {}


def test_a_changed_bank_is_shown_anew(author: Staff, session: Session, run_jobs: RunJobs) -> None:
    _checked(author.client, run_jobs, text=TEXT)
    batch = _only(session)
    make_question(session, "m1-i-001", module_code="m1")
    author.client.post(f"/author/imports/{batch.id}/confirm", data={"digest": batch.digest})
    run_jobs()
    html = author.client.get(f"/author/imports/{batch.id}").text
    assert "Ngân hàng đã thay đổi sau khi bạn xem" in html
    assert "mã mới: m1-i-002" in html
    assert _drafts(session) == []
    stale = author.client.post(f"/author/imports/{batch.id}/confirm", data={"digest": "x"})
    assert stale.location.endswith(f"/author/imports/{batch.id}")
    assert _drafts(session) == []


def test_jobs_done_twice_do_no_harm(author: Staff, session: Session, run_jobs: RunJobs) -> None:
    _checked(author.client, run_jobs, text=TEXT)
    batch = _only(session)

    progress = Progress(batch.job_id or 0)
    check_import({"import_id": batch.id}, progress)
    assert _only(session).state is ImportState.READY
    author.client.post(f"/author/imports/{batch.id}/confirm", data={"digest": batch.digest})
    run_jobs()
    apply_import({"import_id": batch.id}, progress)
    assert len(_drafts(session)) == 1


def test_an_import_can_be_put_aside_and_is_forgotten(
    author: Staff, session: Session, run_jobs: RunJobs
) -> None:
    _checked(author.client, run_jobs, text=TEXT)
    batch = _only(session)
    key = batch.file_key
    assert key is not None
    assert stage_questions.forget_abandoned(utc_now()) == 0
    assert stage_questions.forget_abandoned(utc_now() + KEPT_WAITING * 2) == 1
    with pytest.raises(NotFound):
        storage.get(key)
    assert _only(session).state is ImportState.CANCELLED
    answer = author.client.post(f"/author/imports/{batch.id}/cancel")
    assert answer.status_code == 409


def test_nobody_sees_or_does_the_imports_of_others(
    author: Staff, colleague: Staff, session: Session, run_jobs: RunJobs
) -> None:
    _checked(author.client, run_jobs, text=TEXT)
    batch = _only(session)
    address = f"/author/imports/{batch.id}"
    assert colleague.client.get(address).status_code == 404
    assert colleague.client.post(f"{address}/cancel").status_code == 404
    digest = {"digest": batch.digest}
    assert colleague.client.post(f"{address}/confirm", data=digest).status_code == 404
    assert colleague.client.get(f"/author/imports/jobs/{batch.job_id}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": " "}, "Hãy chọn một tệp hoặc dán câu hỏi vào ô."),
        ({"bank": "m9", "text": TEXT}, "Lựa chọn không hợp lệ."),
        ({"format": "exe", "text": TEXT}, "Lựa chọn không hợp lệ."),
        ({"lesson": "bai-9", "text": TEXT}, "Lựa chọn không hợp lệ."),
    ],
)
def test_a_form_that_cannot_be_used_says_why(
    author: Staff, session: Session, fields: dict[str, str], message: str
) -> None:
    answer = _post(author.client, **fields)
    assert answer.status_code == 422
    assert message in answer.text
    assert session.scalar(select(func.count()).select_from(QuestionImport)) == 0


def test_the_key_is_shown_of_every_type(author: Staff, session: Session, run_jobs: RunJobs) -> None:
    text = "Câu 1: Mấy phần trăm?\nĐáp án: 80,08\nCâu 2: Cơ quan nào?\nĐáp án: Bộ Nội vụ | BNV\n"
    html = _checked(author.client, run_jobs, text=text)
    assert "80,08" in html
    assert "Bộ Nội vụ hoặc BNV" in html


def test_a_script_in_a_question_is_only_text(
    author: Staff, session: Session, run_jobs: RunJobs
) -> None:
    text = "Câu 1: <script>alert(1)</script>?\nA. <img src=x onerror=alert(1)>\nB. Hai\nĐáp án: A"
    html = _checked(author.client, run_jobs, text=text)
    assert "<script>alert(1)" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_template_and_the_sample_are_given(author: Staff) -> None:
    workbook = author.client.get("/author/imports/template.xlsx")
    assert openpyxl.load_workbook(BytesIO(workbook.data)).sheetnames[0] == "Câu hỏi"
    sample = author.client.get("/author/imports/sample.docx")
    parsed = catalogue.read(sample.data)
    assert [found.data["type"] for found in parsed.questions] == [
        "single_choice",
        "multiple_choice",
        "true_false",
        "numeric",
        "short_text",
        "single_choice",
    ]
    assert [trouble.is_note for trouble in parsed.troubles] == [True]


def _export(client: FlaskClient, **fields: str) -> TestResponse:
    return client.post("/author/exports", data={"bank": "m1", "format": "yaml", **fields})


def test_questions_leave_in_any_format(reviewer: Staff, session: Session) -> None:
    for name, each in catalogue.FORMATS.items():
        answer = _export(reviewer.client, format=name, accepted=name)
        assert answer.status_code == 200, name
        assert answer.headers["Content-Disposition"].endswith(f"cau-hoi-m1{each.suffix}")
        parsed = catalogue.read(answer.data)
        assert [found.data["stem"] for found in parsed.questions] == ["Câu hỏi thử?"]
    acts = session.scalars(select(AuditEntry.act)).all()
    assert set(acts) == {"questions.export"}


def test_what_a_format_cannot_hold_is_told_before(author: Staff, session: Session) -> None:
    answer = _export(author.client, format="aiken")
    assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert "Aiken không chứa phần giải thích." in answer.text
    assert "Vẫn tải về" in answer.text


def test_an_export_of_nothing_says_so(author: Staff) -> None:
    answer = _export(author.client, level="APPLY_HIGH")
    assert answer.status_code == 422
    assert "Không có câu hỏi nào để xuất." in answer.text
