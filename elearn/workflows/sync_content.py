"""Acts on the content files: check them, load them, keep what is derived from them fresh."""

from datetime import datetime
from pathlib import Path

from elearn.authoring.files.checks import check_tree
from elearn.authoring.files.loading import Loader
from elearn.authoring.files.reader import read_tree
from elearn.authoring.files.report import LoadReport
from elearn.authoring.files.tree import Tree
from elearn.curriculum.legal import read_register
from elearn.curriculum.publishing import refresh_statuses
from elearn.infra import audit
from elearn.infra.db import advisory_lock, transaction
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day

_LOADING = 0x636F6E74


def read_checked(path: Path) -> Tree:
    """Return what the folder ``path`` (and ``quizzes`` beside it) holds, with all its problems."""
    tree = read_tree(path)
    check_tree(tree)
    return tree


def load(actor: Actor, path: Path, *, now: datetime) -> LoadReport:
    """Publish what changed in the folder ``path`` (and ``quizzes`` beside it) since the last time.

    All or nothing: with errors in the files nothing is written and ``applied`` is False.
    """
    tree = read_checked(path)
    if tree.errors:
        return LoadReport(problems=tree.errors + tree.notes)
    with transaction() as session:
        advisory_lock(session, _LOADING)
        report = Loader(session, tree, actor, now).run()
        if report.changed_anything:
            details = {kind.value: dict(counter) for kind, counter in report.counts.items()}
            audit.record(
                session, actor, "content.load", ("content", "files"), at=now, details=details
            )
    return report


def refresh(*, now: datetime) -> list[str]:
    """Show the status that cited documents have on the day of ``now``; return changed lessons."""
    with transaction() as session:
        advisory_lock(session, _LOADING)
        return refresh_statuses(session, read_register(session, local_day(now)))
