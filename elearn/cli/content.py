"""`flask content`: check, load and export the content files."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app

from elearn.authoring.files.models import EntryKind
from elearn.authoring.files.problems import FileProblem
from elearn.authoring.files.report import LoadReport
from elearn.cli.groups import CommandGroup
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import AppError
from elearn.workflows import sync_content

content = CommandGroup("content", help="Content files: lessons, questions, programmes.")

_NAMES = {
    EntryKind.LEGAL: "văn bản",
    EntryKind.FACT: "dữ kiện",
    EntryKind.ARTICLE: "bài cẩm nang",
    EntryKind.MODULE: "chuyên đề",
    EntryKind.LESSON: "bài học",
    EntryKind.QUESTION: "câu hỏi",
    EntryKind.PAPER: "đề",
    EntryKind.PROGRAMME: "chương trình",
    EntryKind.ENEMIES: "câu loại trừ nhau",
}
_path = click.option(
    "--path",
    "folder",
    type=click.Path(path_type=Path),
    help="The content folder; quizzes beside it is read when it is there.",
)


def _folder(given: Path | None) -> Path:
    return given or current_app.config["ELEARN"].content_dir


def _shown(problem: FileProblem, folder: Path) -> str:
    """Return the problem with a path that an editor can open from here."""
    inside = problem.path.removeprefix("content/")
    place = folder / inside if inside != problem.path else folder.parent / problem.path
    relative = os.path.relpath(place)
    shown = str(place) if relative.startswith("..") else relative
    return str(FileProblem(shown, problem.line, problem.message, problem.is_note))


def _print(problems: Iterable[FileProblem], folder: Path) -> None:
    for problem in problems:
        click.echo(_shown(problem, folder))


@content.command()
@_path
def check(folder: Path | None) -> None:
    """Say what is wrong in the files, one line per problem: FILE:LINE: message."""
    folder = _folder(folder)
    tree = sync_content.read_checked(folder)
    _print(sorted([*tree.errors, *tree.notes]), folder)
    if tree.errors:
        click.echo(f"{len(tree.errors)} lỗi.", err=True)
        sys.exit(1)
    click.echo(
        f"Không có lỗi: {len(tree.modules)} chuyên đề, {len(tree.lessons)} bài học, "
        f"{len(tree.questions)} câu hỏi, {len(tree.papers)} đề, {len(tree.programmes)} chương "
        f"trình, {len(tree.legal)} văn bản, {len(tree.facts)} dữ kiện."
    )


@content.command()
@_path
def load(folder: Path | None) -> None:
    """Publish what changed in the files since they were last loaded."""
    folder = _folder(folder)
    try:
        report = sync_content.load(SYSTEM, folder, now=utc_now())
    except AppError as error:
        raise click.ClickException(error.text()) from error
    _print(report.problems, folder)
    if not report.applied:
        click.echo("Chưa nạp gì: hãy sửa các lỗi trên rồi nạp lại.", err=True)
        sys.exit(1)
    for line in _summary(report):
        click.echo(line)


@content.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write what is public to FOLDER/content and FOLDER/quizzes."""
    try:
        paths = sync_content.export(folder)
    except AppError as error:
        raise click.ClickException(error.text()) from error
    click.echo(f"Đã ghi {len(paths)} tệp vào {folder}.")


def _summary(report: LoadReport) -> list[str]:
    lines = [
        f"{_NAMES[kind]}: {counter['created']} mới, {counter['updated']} đổi, "
        f"{counter['unchanged']} giữ nguyên"
        for kind, counter in report.counts.items()
    ]
    if report.pictures_added:
        lines.append(f"hình: {report.pictures_added} mới")
    for kind, code in report.retired:
        lines.append(f"{_NAMES[kind]} {code}: không còn trong tệp, đã thôi dùng")
    for held in report.held:
        if held.kind is EntryKind.ENEMIES:
            lines.append(
                f"câu loại trừ nhau: trên trang đã sửa từ lần nạp trước nên {held.path} chưa được "
                "nhận; hãy xuất ra, gộp hai bên rồi nạp lại"
            )
            continue
        kept = "đã giữ thành bản nháp" if held.draft_id else "chưa nhận vì bản nháp đang được sửa"
        lines.append(
            f"{_NAMES[held.kind]} {held.code}: trên trang đã có bản sửa khác; "
            f"nội dung của {held.path} {kept}"
        )
    if report.refreshed:
        lines.append(f"cập nhật hiệu lực văn bản trong: {', '.join(report.refreshed)}")
    if not report.changed_anything:
        lines.append("Không có gì thay đổi.")
    return lines
