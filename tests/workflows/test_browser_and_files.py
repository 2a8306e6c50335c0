"""The browser and the content files write the same lessons: neither loses the other's text."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.authoring.drafts.queries import find_open_draft, get_draft
from elearn.authoring.models import DraftKind, DraftOrigin
from elearn.curriculum.models import Lesson, LessonVersion
from elearn.kernel.actor import SYSTEM, Actor
from elearn.kernel.clock import utc_now
from elearn.workflows import sync_content
from elearn.workflows.author_content import Opened, open_new
from elearn.workflows.author_pictures import add_picture
from tests.factories.authoring import (
    approve,
    lesson_text,
    make_author,
    make_reviewer,
    make_submitted,
    question_text,
    send,
)

LESSON, QUESTION = DraftKind.LESSON, DraftKind.QUESTION


@pytest.fixture
def author(session: Session) -> Actor:
    return make_author(session)


@pytest.fixture
def reviewer(session: Session) -> Actor:
    return make_reviewer(session)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    shutil.copytree("content", tmp_path / "content")
    shutil.copytree("quizzes", tmp_path / "quizzes")
    sync_content.load(SYSTEM, tmp_path / "content", now=utc_now())
    return tmp_path / "content"


def _published(session: Session, code: str) -> tuple[Lesson, LessonVersion]:
    session.rollback()
    row = session.execute(
        select(Lesson, LessonVersion)
        .join(LessonVersion, LessonVersion.id == Lesson.published_version_id)
        .where(Lesson.code == code)
        .execution_options(populate_existing=True)
    ).one()
    return row[0], row[1]


def _in_the_browser(session: Session, author: Actor, reviewer: Actor, code: str) -> None:
    """Publish a changed title of the lesson in the browser."""
    _lesson, version = _published(session, code)
    text = lesson_text(
        title="Sửa trong trình duyệt",
        minutes=version.minutes,
        in_force_as_of=version.in_force_as_of,
        body=version.body,
    )
    approve(reviewer, make_submitted(author, code, text))


def test_real_lessons_and_questions_pass_the_browsers_checks(
    session: Session, files: Path, author: Actor, reviewer: Actor
) -> None:
    codes = session.scalars(select(Lesson.code)).all()
    assert len(codes) >= 3
    for code in codes:
        _in_the_browser(session, author, reviewer, code)
        assert _published(session, code)[1].title == "Sửa trong trình duyệt"


def test_files_that_did_not_change_leave_the_browsers_text_alone(
    session: Session, files: Path, author: Actor, reviewer: Actor
) -> None:
    _in_the_browser(session, author, reviewer, "l0-1-de-an-son-la")
    report = sync_content.load(SYSTEM, files, now=utc_now())
    assert not report.changed_anything
    assert _published(session, "l0-1-de-an-son-la")[1].title == "Sửa trong trình duyệt"


def test_a_changed_file_becomes_a_draft_that_is_reviewed_like_others(
    session: Session, files: Path, author: Actor, reviewer: Actor
) -> None:
    code = "l0-1-de-an-son-la"
    _in_the_browser(session, author, reviewer, code)
    path = files / "modules/00-dinh-huong/01-de-an-son-la.md"
    path.write_text(path.read_text("utf-8").replace("minutes: 25", "minutes: 26"), "utf-8")
    report = sync_content.load(SYSTEM, files, now=utc_now())
    (held,) = report.held
    assert held.code == code
    assert _published(session, code)[1].title == "Sửa trong trình duyệt"
    draft_id = find_open_draft(session, LESSON, code, DraftOrigin.FILE)
    assert draft_id == held.draft_id
    assert draft_id is not None
    draft = get_draft(session, draft_id)
    assert (draft.base_number, draft.involved) == (2, frozenset())
    opened = Opened(draft_id, draft.lock_version, draft.base_number)
    send(author, opened, "Lấy chữ từ tệp")
    assert approve(reviewer, opened) == 3
    assert _published(session, code)[1].minutes == 26
    assert not sync_content.load(SYSTEM, files, now=utc_now()).changed_anything


def test_the_browsers_text_is_exported_and_loading_it_again_changes_nothing(
    session: Session, files: Path, tmp_path: Path, author: Actor, reviewer: Actor
) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, format="PNG")
    name = add_picture(author, "m0-dinh-huong", "Sơ đồ.png", out.getvalue(), now=utc_now())
    _in_the_browser(session, author, reviewer, "l0-1-de-an-son-la")
    body = f"Theo [@227-QD-UBND-2021:D1]:\n\n![Sơ đồ](media/{name})\n\n:::check m0-c99\n"
    question = question_text("l0-1-de-an-son-la")
    for code, content in (("m0-c99", question), ("l0-9-bai-moi", lesson_text(body=body))):
        draft_id = open_new(author, "m0-dinh-huong", code, content, now=utc_now())
        send(author, Opened(draft_id, 1, None))
        approve(reviewer, Opened(draft_id, 1, None))

    sync_content.export(tmp_path / "out")
    exported = tmp_path / "out/content"
    first = (exported / "modules/00-dinh-huong/01-de-an-son-la.md").read_text("utf-8")
    assert "title: Sửa trong trình duyệt" in first
    new = (exported / "modules/00-dinh-huong/04-l0-9-bai-moi.md").read_text("utf-8")
    assert new.endswith(body)
    assert (exported / "modules/00-dinh-huong/media/so-do.png").is_file()
    assert "id: m0-c99" in (tmp_path / "out/quizzes/bank/m0-dinh-huong.yaml").read_text("utf-8")
    report = sync_content.load(SYSTEM, exported, now=utc_now())
    assert [str(problem) for problem in report.problems] == []
    assert not report.changed_anything
