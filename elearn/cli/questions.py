"""`flask questions`: questions from files into a bank, and back."""

import json
import sys
from pathlib import Path

import click

from elearn.assessment.formats.catalogue import AUTO, FORMATS
from elearn.assessment.formats.neutral import Defaults, Trouble
from elearn.assessment.models import Level
from elearn.cli.groups import CommandGroup
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, AppError
from elearn.workflows import import_questions
from elearn.workflows.export_questions import Selection, export
from elearn.workflows.import_questions import ImportReport
from elearn.workflows.stage_questions import ImportFile

questions = CommandGroup("questions", help="Câu hỏi: nhập từ tệp và xuất ra tệp.")

# How many problems a person reads; --json gives them all.
SHOWN = 50


@questions.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--bank", required=True, help="Mã chuyên đề nhận câu hỏi.")
@click.option("--format", "kind", type=click.Choice([AUTO, *FORMATS]), default=AUTO)
@click.option("--dry-run", is_flag=True, help="Chỉ kiểm tra, không ghi gì.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.option("--level", type=click.Choice(list(Level)), default="RECALL", show_default=True)
@click.option("--lesson", help="Mã bài học của các câu không ghi bài.")
@click.option("--skill", "skills", multiple=True, help="Kỹ năng, có thể ghi nhiều lần.")
def import_file(  # noqa: PLR0913 - one argument per option
    *,
    file: Path,
    bank: str,
    kind: str,
    dry_run: bool,
    as_json: bool,
    level: str,
    lesson: str | None,
    skills: tuple[str, ...],
) -> None:
    """Import the questions in FILE as drafts: all of them or none.

    Exit code 1 and nothing written when there is any problem.
    """
    defaults = Defaults(level=level, lesson=lesson, skills=skills)
    try:
        report = _report(file, bank, kind, defaults, dry_run=dry_run)
    except AppError as error:
        raise click.ClickException(error.text()) from error
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(report, dry_run=dry_run)
    if report.errors:
        sys.exit(1)


def _report(path: Path, bank: str, kind: str, defaults: Defaults, *, dry_run: bool) -> ImportReport:
    try:
        content = path.read_bytes()
    except OSError:
        message = N_("Không mở được tệp “%(path)s”.")
        return ImportReport(
            errors=[Trouble(None, None, "file.missing", message, {"path": str(path)})]
        )
    file = ImportFile(path.name, content, bank, kind, defaults)
    return import_questions.run(SYSTEM, file, dry_run=dry_run, now=utc_now())


def _show(report: ImportReport, *, dry_run: bool) -> None:
    for trouble in [*report.errors, *report.notes][:SHOWN]:
        code = "ghi chú" if trouble.is_note else trouble.code
        click.echo(f"{_place(trouble)}: {trouble.text()} [{code}]", err=True)
    hidden = len(report.errors) + len(report.notes) - SHOWN
    if hidden > 0:
        click.echo(f"… và {hidden} vấn đề khác; dùng --json để xem mọi lỗi.", err=True)
    if report.errors:
        click.echo(f"Có {len(report.errors)} lỗi, không ghi gì vào hệ thống.", err=True)
        return
    click.echo(f"Câu hỏi mới: {report.imported}. Đã có trong ngân hàng: {report.duplicates}.")
    click.echo("Chạy thử: chưa ghi gì vào hệ thống." if dry_run else "Đã nhập thành bản nháp.")


def _place(trouble: Trouble) -> str:
    parts = [] if trouble.line is None else [f"dòng {trouble.line}"]
    if trouble.question is not None:
        parts.append(f"câu {trouble.question}")
    return ", ".join(parts) or "Tệp"


@questions.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--bank", required=True, help="Mã chuyên đề có câu hỏi.")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), required=True)
@click.option("--with-drafts", is_flag=True, help="Kể cả câu mới chưa xuất bản.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
def export_file(*, file: Path, bank: str, kind: str, with_drafts: bool, as_json: bool) -> None:
    """Write the questions of a bank to FILE, keys included.

    What the format cannot hold is told; exit code 1 when nothing could be written.
    """
    selection = Selection(bank, with_drafts=with_drafts)
    try:
        written = export(SYSTEM, selection, kind, now=utc_now())
        file.write_bytes(written.content)
    except AppError as error:
        raise click.ClickException(error.text()) from error
    except OSError as error:
        raise click.ClickException(f"Không ghi được tệp “{file}”.") from error
    losses = [{"question": loss.question, "message": loss.text()} for loss in written.losses]
    if as_json:
        result = {"exported": written.count, "losses": losses}
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
        return
    for loss in losses[:SHOWN]:
        click.echo(f"{loss['question']}: {loss['message']}", err=True)
    click.echo(f"Đã xuất {written.count} câu hỏi; {len(losses)} lưu ý.")
