"""Loading: versions only of what changed, drafts where the browser was first, nothing deleted."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.content import render_question
from elearn.assessment.models import Paper, PaperVersion, Question, QuestionVersion
from elearn.assessment.publishing import (
    paper_content,
    publish_paper,
    publish_question,
    question_content,
)
from elearn.authoring.files.models import EntryKind
from elearn.authoring.files.report import LoadReport
from elearn.authoring.models import Draft, DraftKind, DraftOrigin, DraftState
from elearn.curriculum.legal import read_register
from elearn.curriculum.media import pictures_in
from elearn.curriculum.models import (
    GroupRule,
    LegalDocument,
    Lesson,
    LessonVersion,
    Media,
    Module,
    PathItem,
    Programme,
)
from elearn.curriculum.publishing import lesson_content, lesson_context, publish_lesson
from elearn.infra import storage
from elearn.infra.models import AuditEntry
from elearn.infra.richtext_syntax import NO_CONTEXT
from elearn.kernel.actor import SYSTEM
from elearn.workflows import sync_content
from tests.support.content import Changes, changed, text_of, write_folder

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
LESSON = "content/modules/01-mot/01-bai.md"
BANK = "quizzes/bank/mot.yaml"
PICTURE = "content/modules/01-mot/media/so-do.svg"


class Site:
    """A folder of files and the loadings of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, changes: Changes | None = None, *, now: datetime = NOW) -> LoadReport:
        """Load the sample with ``changes``; what was changed before is as in the sample again."""
        content = write_folder(self.folder, changes)
        report = sync_content.load(SYSTEM, content, now=now)
        assert report.applied, [str(problem) for problem in report.problems]
        return report


@pytest.fixture
def sample(app: Flask, tmp_path: Path) -> Site:
    """Return the sample, loaded once."""
    loaded = Site(tmp_path)
    loaded.load()
    return loaded


def lesson_versions(session: Session, code: str = "bai-mot") -> list[LessonVersion]:
    session.expire_all()
    return list(
        session.scalars(
            select(LessonVersion)
            .join(Lesson, LessonVersion.lesson_id == Lesson.id)
            .where(Lesson.code == code)
            .order_by(LessonVersion.number)
        )
    )


def question_versions(session: Session, code: str) -> list[QuestionVersion]:
    session.expire_all()
    return list(
        session.scalars(
            select(QuestionVersion)
            .join(Question, QuestionVersion.question_id == Question.id)
            .where(Question.code == code)
            .order_by(QuestionVersion.number)
        )
    )


def one(session: Session, table: type, code: str):
    session.expire_all()
    return session.scalars(select(table).where(table.code == code)).one()


def publish_in_browser(session: Session, title: str) -> None:
    """Publish another title of the first lesson, as a reviewer does."""
    lesson = one(session, Lesson, "bai-mot")
    version = session.get_one(LessonVersion, lesson.published_version_id)
    text = lesson_content(lesson, version)
    register = read_register(session, NOW.date())
    context = lesson_context(register, pictures_in(version.html))
    publish_lesson(
        session, lesson, replace(text, title=title), context, user_id=None, note=None, now=NOW
    )
    session.commit()


# ---- what a first loading makes


def test_a_lesson_is_published_as_written(sample: Site, session: Session) -> None:
    (version,) = lesson_versions(session)
    assert (version.number, version.title, version.minutes) == (1, "Bài một: mở đầu", 15)
    assert version.check_codes == ["mot-001"]
    assert version.headings == [{"id": "s-mo-dau", "text": "Mở đầu", "level": "2"}]
    assert version.citations == ["1-QD-2021", "2-QD-2025:D1.2.a"]
    assert "đã được thay bằng Quyết định (2-QD-2025)" in version.html
    media = session.scalars(select(Media).where(Media.name == "so-do.svg")).one()
    assert f'src="/media/{media.sha256}/so-do.svg" width="64"' in version.html
    assert storage.get(media.storage_key) == text_of(PICTURE).encode()


def test_a_question_is_published_with_its_body(sample: Site, session: Session) -> None:
    (version,) = question_versions(session, "mot-001")
    assert version.body == {
        "stem": "Đoạn một.\n\n- gạch\n- đầu dòng\n",
        "options": [
            {"text": "Phương án: a", "correct": True, "feedback": "Đúng rồi"},
            {"text": "no", "correct": False},
        ],
        "explanation": "Vì thế.",
    }
    assert version.rendered["options"] == [
        {"id": "a", "html": "Phương án: a", "feedback": "<p>Đúng rồi</p>"},
        {"id": "b", "html": "no", "feedback": None},
    ]
    assert version.rendered["explanation"] == "<p>Vì thế.</p>"
    assert version.module_code == "mot"


def test_every_type_is_rendered(sample: Site, session: Session) -> None:
    for number in range(1, 13):
        (version,) = question_versions(session, f"mot-{number:03d}")
        assert version.rendered["stem"]
    assert question_versions(session, "mot-010")[0].rendered["questions"][0]["stem"] == (
        "<p>Đúng?</p>"
    )


def test_a_programme_has_its_groups_rules_and_path(sample: Site, session: Session) -> None:
    programme = one(session, Programme, "thu-2021")
    assert (programme.validity_months, programme.exclusions.value) == (36, "in")
    rules = session.scalars(select(GroupRule).order_by(GroupRule.id)).all()
    assert rules[0].clauses == [
        {"duties": ["ONE_STOP", "PAR_FOCAL"], "unit_kinds": ["DISTRICT", "ONE_STOP"]},
        {"position_types": ["LEADER"], "unit_kinds": []},
    ]
    path = session.scalars(select(PathItem).order_by(PathItem.position)).all()
    assert [(item.group_codes, item.required) for item in path] == [
        (["ALL"], True),
        (["G1", "G2"], False),
    ]


def test_the_act_is_in_the_audit_trail_once(sample: Site, session: Session) -> None:
    sample.load()
    acts = session.scalars(select(AuditEntry.act)).all()
    assert acts == ["content.load"]


# ---- what a later loading changes


def test_loading_again_changes_nothing(sample: Site) -> None:
    report = sample.load()
    assert not report.changed_anything
    assert report.total("unchanged") == 25


def test_one_edited_lesson_gets_one_version(sample: Site, session: Session) -> None:
    report = sample.load(changed(LESSON, "Chú thích", "Lời chú thích"))
    assert report.counts[EntryKind.LESSON] == {"updated": 1, "unchanged": 2}
    assert report.total("updated") == 1
    assert [version.number for version in lesson_versions(session)] == [1, 2]
    lesson = one(session, Lesson, "bai-mot")
    assert lesson.published_version_id == lesson_versions(session)[1].id


def test_comments_and_line_breaks_are_no_change(sample: Site) -> None:
    quizzes = "# Ngân hàng câu hỏi\n" + text_of(BANK)
    lesson = text_of(LESSON).replace("minutes: 15", "minutes:   15 # phút").replace("\n", "\r\n")
    assert not sample.load({BANK: quizzes, LESSON: lesson}).changed_anything


def test_one_edited_question_gets_one_version(sample: Site, session: Session) -> None:
    sample.load(changed(BANK, "Vì thế.", "Vì vậy."))
    assert [version.number for version in question_versions(session, "mot-001")] == [1, 2]
    assert [version.number for version in question_versions(session, "mot-002")] == [1]


def test_one_edited_paper_gets_one_version(sample: Site, session: Session) -> None:
    sample.load(changed("quizzes/papers/mot-test.yaml", "attempts: null", "attempts: 3"))
    versions = session.scalars(select(PaperVersion).order_by(PaperVersion.number)).all()
    assert [version.attempts for version in versions] == [None, 3]


def test_an_edited_programme_keeps_its_identity(sample: Site, session: Session) -> None:
    before = one(session, Programme, "thu-2021").id
    sample.load(changed("content/programmes/thu-2021.yaml", "percent: 85", "percent: 90"))
    assert one(session, Programme, "thu-2021").id == before


def test_another_picture_makes_a_new_version(sample: Site, session: Session) -> None:
    report = sample.load({PICTURE: text_of(PICTURE).replace("9", "7")})
    assert report.pictures_added == 1
    one_, two = lesson_versions(session)
    assert one_.body == two.body
    assert one_.html != two.html


def test_a_renamed_file_moves_the_lesson(sample: Site, session: Session) -> None:
    moved = {LESSON: None, "content/modules/01-mot/05-cuoi.md": text_of(LESSON)}
    assert sample.load(moved).counts[EntryKind.LESSON] == {"updated": 1, "unchanged": 2}
    lesson = one(session, Lesson, "bai-mot")
    assert (lesson.position, lesson.file_name) == (5, "05-cuoi.md")
    assert len(lesson_versions(session)) == 1


# ---- what leaves the files


def test_a_lesson_that_left_the_files_is_retired_and_comes_back(
    sample: Site, session: Session
) -> None:
    path = sample.folder / "content/modules/01-mot/03-bai.md"
    report = sample.load({"content/modules/01-mot/03-bai.md": None})
    assert report.retired == [(EntryKind.LESSON, "bai-hai")]
    assert one(session, Lesson, "bai-hai").retired_at == NOW
    assert not path.exists()
    sample.load()
    assert one(session, Lesson, "bai-hai").retired_at is None
    assert len(lesson_versions(session, "bai-hai")) == 1


def test_a_lesson_of_the_browser_is_not_retired(sample: Site, session: Session) -> None:
    module = one(session, Module, "mot")
    session.add(Lesson(code="cua-nguoi", module_id=module.id, file_name="09-x.md", position=9))
    session.commit()
    assert sample.load().retired == []
    assert one(session, Lesson, "cua-nguoi").retired_at is None


def test_a_question_and_a_paper_that_left_the_files_are_retired(
    sample: Site, session: Session
) -> None:
    bank = text_of(BANK)
    sample.load(
        {
            BANK: _without(bank, "mot-012"),
            "quizzes/papers/mot-test.yaml": None,
            **changed("content/modules/01-mot/module.yaml", "test: mot-test\n", ""),
        }
    )
    assert one(session, Question, "mot-012").retired_at == NOW
    assert one(session, Paper, "mot-test").retired_at == NOW


def _without(bank: str, code: str) -> str:
    return "".join(line for line in bank.splitlines(keepends=True) if f"id: {code}," not in line)


def test_without_a_quizzes_folder_no_question_is_retired(
    sample: Site, session: Session, tmp_path: Path
) -> None:
    for name in ("bank/mot.yaml", "papers/mot-test.yaml"):
        (tmp_path / "quizzes" / name).unlink()
        (tmp_path / "quizzes" / name).parent.rmdir()
    (tmp_path / "quizzes/enemies.yaml").unlink()
    (tmp_path / "quizzes").rmdir()
    (tmp_path / "content/modules/01-mot/media/hinh-hoi.svg").unlink()
    report = sync_content.load(SYSTEM, tmp_path / "content", now=NOW)
    assert (report.applied, report.retired) == (True, [])


# ---- the browser has published since


def test_a_file_that_did_not_change_leaves_the_browsers_version(
    sample: Site, session: Session
) -> None:
    publish_in_browser(session, "Tên từ trình duyệt")
    assert not sample.load().changed_anything
    assert one(session, Lesson, "bai-mot").published_version_id == lesson_versions(session)[1].id


def test_a_changed_file_becomes_a_draft_after_the_browser(sample: Site, session: Session) -> None:
    publish_in_browser(session, "Tên từ trình duyệt")
    report = sample.load(changed(LESSON, "Chú thích", "Lời chú thích"))
    draft = session.scalars(select(Draft)).one()
    assert [(held.code, held.draft_id) for held in report.held] == [("bai-mot", draft.id)]
    assert (draft.origin, draft.state, draft.base_number) == (
        DraftOrigin.FILE,
        DraftState.EDITING,
        2,
    )
    assert draft.source == LESSON
    assert "Lời chú thích" in draft.content["body"]
    assert lesson_versions(session)[-1].title == "Tên từ trình duyệt"


def test_the_same_conflict_is_reported_once(sample: Site, session: Session) -> None:
    publish_in_browser(session, "Tên từ trình duyệt")
    change = changed(LESSON, "Chú thích", "Lời chú thích")
    sample.load(change)
    assert not sample.load(change).changed_anything


def test_a_file_that_says_what_the_browser_says_is_no_conflict(
    sample: Site, session: Session
) -> None:
    publish_in_browser(session, "Tên chung")
    change = changed(LESSON, 'title: "Bài một: mở đầu"', "title: Tên chung")
    assert not sample.load(change).changed_anything


def test_a_changed_question_becomes_a_draft_after_the_browser(
    sample: Site, session: Session
) -> None:
    question = one(session, Question, "mot-003")
    version = question_versions(session, "mot-003")[0]
    body = {**version.body, "explanation": "Từ trình duyệt."}
    content = replace(question_content(question, version), body=body)
    publish_question(session, question, content, NO_CONTEXT, user_id=None, note=None, now=NOW)
    session.commit()
    report = sample.load(
        changed(BANK, 'stem: "Đúng?", answer: false', 'stem: "Sai?", answer: false')
    )
    draft = session.scalars(select(Draft)).one()
    assert [(held.kind, held.code) for held in report.held] == [(EntryKind.QUESTION, "mot-003")]
    assert draft.content["body"]["stem"] == "Sai?"
    assert draft.content["points"] == "0.5"


# ---- documents


def test_a_changed_status_shows_in_lessons_without_a_new_version(
    sample: Site, session: Session
) -> None:
    report = sample.load(
        changed("content/legal/thu.yaml", "    number: null\n", "    number: 2/QĐ-UBND\n")
    )
    assert report.refreshed == ["bai-mot"]
    (version,) = lesson_versions(session)
    assert "đã được thay bằng 2/QĐ-UBND" in version.html


def test_a_day_passing_shows_in_lessons(sample: Site, session: Session) -> None:
    document = one(session, LegalDocument, "2-QD-2025")
    document.in_force_to = datetime(2026, 12, 1, tzinfo=UTC).date()
    session.commit()
    before_midnight = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    after_midnight = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)
    assert sync_content.refresh(now=before_midnight) == []
    assert sync_content.refresh(now=after_midnight) == ["bai-mot"]
    assert "(hết hiệu lực)" in lesson_versions(session)[0].html
    assert sync_content.refresh(now=after_midnight) == []


def test_a_failure_leaves_nothing_behind(
    app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(key: str, content: bytes) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(storage, "put", broken)
    with pytest.raises(OSError, match="disk full"):
        sync_content.load(SYSTEM, write_folder(tmp_path), now=NOW)
    assert session.scalars(select(LegalDocument)).all() == []


def test_a_question_renders_the_same_way_every_time() -> None:
    body = {"stem": "A", "options": [], "explanation": "B"}
    assert render_question(body, NO_CONTEXT) == {
        "stem": "<p>A</p>",
        "options": [],
        "explanation": "<p>B</p>",
    }


def test_a_changed_paper_becomes_a_draft_after_the_browser(sample: Site, session: Session) -> None:
    paper = one(session, Paper, "mot-test")
    version = session.get_one(PaperVersion, paper.published_version_id)
    content = replace(paper_content(paper, version), title="Tên từ trình duyệt")
    publish_paper(session, paper, content, user_id=None, note=None, now=NOW)
    session.commit()
    assert not sample.load().changed_anything
    report = sample.load(changed("quizzes/papers/mot-test.yaml", "attempts: null", "attempts: 3"))
    draft = session.scalars(select(Draft)).one()
    assert [(held.code, held.draft_id) for held in report.held] == [("mot-test", draft.id)]
    assert (draft.kind, draft.origin, draft.base_number) == (DraftKind.PAPER, DraftOrigin.FILE, 2)
    assert draft.content["attempts"] == 3
    session.refresh(paper)
    assert session.get_one(PaperVersion, paper.published_version_id).title == "Tên từ trình duyệt"
