"""Enemy sets and inline checks: what the files say of them reaches the bank, and comes back."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.forms.enemies import list_enemies, list_sets, replace_sets
from elearn.assessment.models import Question
from elearn.authoring.files.models import EntryKind
from elearn.authoring.files.report import LoadReport
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.workflows import sync_content
from tests.support.content import Changes, changed, write_folder

ENEMIES = "quizzes/enemies.yaml"
LESSON = "content/modules/01-mot/01-bai.md"


class Site:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, changes: Changes | None = None) -> LoadReport:
        report = sync_content.load(SYSTEM, write_folder(self.folder, changes), now=utc_now())
        assert report.applied, [str(problem) for problem in report.problems]
        return report


@pytest.fixture
def sample(app: Flask, tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.load()
    return site


def test_the_sets_of_the_file_are_kept(sample: Site, session: Session) -> None:
    assert list_sets(session) == [["mot-006", "mot-007"]]
    assert list_enemies(session, "mot-007") == ["mot-006"]
    assert list_enemies(session, "mot-005") == []


def test_a_changed_file_changes_the_sets(sample: Site, session: Session) -> None:
    change = changed(ENEMIES, "mot-007]", "mot-008]\n  - [mot-007, mot-003]")
    assert sample.load(change).counts[EntryKind.ENEMIES] == {"updated": 1}
    assert list_sets(session) == [["mot-003", "mot-007"], ["mot-006", "mot-008"]]


def test_a_file_that_has_gone_says_there_are_none(sample: Site, session: Session) -> None:
    (sample.folder / ENEMIES).unlink()
    content = sample.folder / "content"
    report = sync_content.load(SYSTEM, content, now=utc_now())
    assert report.counts[EntryKind.ENEMIES] == {"updated": 1}
    assert list_sets(session) == []
    assert not sync_content.load(SYSTEM, content, now=utc_now()).changed_anything


def test_what_the_browser_changed_is_not_overwritten(sample: Site, session: Session) -> None:
    replace_sets(session, [["mot-003", "mot-006"]], user_id=None, now=utc_now())
    session.commit()
    assert not sample.load().changed_anything
    report = sample.load(changed(ENEMIES, "mot-007", "mot-008"))
    assert [(held.kind, held.draft_id) for held in report.held] == [(EntryKind.ENEMIES, None)]
    session.rollback()
    assert list_sets(session) == [["mot-003", "mot-006"]]


def test_a_retired_question_leaves_its_set(sample: Site, session: Session) -> None:
    bank = "quizzes/bank/mot.yaml"
    lines = (sample.folder / bank).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if "id: mot-007," not in line)
    report = sample.load({bank: kept, ENEMIES: "enemies: []\n"})
    assert not report.held
    assert list_sets(session) == []


def _inline(session: Session) -> list[str]:
    session.rollback()
    statement = select(Question.code).where(Question.is_inline_check).order_by(Question.code)
    return list(session.scalars(statement))


def test_inline_checks_are_marked_while_a_published_lesson_asks_them(
    sample: Site, session: Session
) -> None:
    assert _inline(session) == ["mot-001"]
    sample.load(changed(LESSON, ":::check mot-001", ":::check mot-002"))
    assert _inline(session) == ["mot-002"]


def test_a_lesson_may_not_take_what_a_paper_needs(sample: Site, tmp_path: Path) -> None:
    change = changed(LESSON, ":::check mot-001", ":::check mot-003")
    tree = sync_content.read_checked(write_folder(tmp_path / "other", change))
    assert ["tranh nhau" in str(problem) for problem in tree.errors] == []
    change = changed(LESSON, ":::check mot-001", ":::check mot-002\n\n:::check mot-012")
    tree = sync_content.read_checked(write_folder(tmp_path / "third", change))
    assert [problem.path for problem in tree.errors] == ["quizzes/papers/mot-test.yaml"]
