"""Acts on the content files: check them, load them, keep what is derived from them fresh."""

from datetime import datetime
from pathlib import Path

from elearn.authoring.files.checks import check_tree
from elearn.authoring.files.loading import Loader
from elearn.authoring.files.reader import read_tree
from elearn.authoring.files.report import LoadReport
from elearn.authoring.files.tree import Tree
from elearn.authoring.files.writing import write_files
from elearn.curriculum.legal import read_register
from elearn.curriculum.publishing import refresh_statuses
from elearn.infra import audit
from elearn.infra.db import advisory_lock, reading, transaction
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict

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


def export(folder: Path) -> list[str]:
    """Write what is public to ``folder/content`` and ``folder/quizzes``; return the paths.

    An earlier export is written over. Raises Conflict when files are there that an export would
    not write: they would come back to life with the next loading.
    """
    with reading() as session:
        files = write_files(session)
    for top in ("content", "quizzes"):
        for path in sorted((folder / top).rglob("*")):
            if path.is_file() and path.relative_to(folder).as_posix() not in files:
                raise Conflict(
                    "content.strange_file",
                    N_("Thư mục đích có tệp lạ %(path)s. Hãy xuất ra một thư mục trống."),
                    path=str(path),
                )
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return sorted(files)
