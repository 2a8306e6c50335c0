"""`flask roster`: bulk import of units, people, posts, duties, exclusions and completions."""

import json
import sys
from pathlib import Path

import click

from elearn.cli.groups import CommandGroup
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import AppError
from elearn.roster.facts import SHEETS
from elearn.roster.files import tables_at
from elearn.roster.problems import Problem
from elearn.workflows.import_roster import CHECK, READ, ImportReport, run

roster = CommandGroup("roster", help="Danh sách đơn vị và nhân sự.")

# How many problems a person reads; --json gives them all.
SHOWN_PROBLEMS = 50


@roster.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Chỉ kiểm tra, không ghi gì.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
def import_roster(path: Path, *, dry_run: bool, as_json: bool) -> None:
    """Import the folder of CSV files, or the .xlsx, at PATH: all of it or nothing.

    Exit code 1 and nothing written when there is any problem.
    """
    progress = None if as_json or not sys.stderr.isatty() else _show_progress
    try:
        report = run(
            SYSTEM,
            tables_at(path),
            dry_run=dry_run,
            now=utc_now(),
            progress=progress,
            file_names=(path.name,),
        )
    except AppError as error:
        raise click.ClickException(error.text()) from error
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(report, dry_run=dry_run)
    if report.errors:
        sys.exit(1)


def _show_progress(stage: str, done: int, _total: int) -> None:
    words = {READ: f"Đã đọc {done} dòng", CHECK: "Đang đối chiếu…"}
    click.echo("\r" + words.get(stage, "Đang ghi…").ljust(40), err=True, nl=stage != READ)


def _show(report: ImportReport, *, dry_run: bool) -> None:
    for problem in report.errors[:SHOWN_PROBLEMS]:
        click.echo(f"{_place(problem)}: {problem.text()} [{problem.code}]", err=True)
    if report.errors:
        hidden = len(report.errors) - SHOWN_PROBLEMS
        if hidden > 0:
            click.echo(f"… và {hidden} vấn đề khác; dùng --json để xem tất cả.", err=True)
        click.echo(f"Có {len(report.errors)} vấn đề, không ghi gì vào hệ thống.", err=True)
        return
    click.echo(f"{'Bảng':<14}{'Thêm mới':>10}{'Cập nhật':>10}{'Giữ nguyên':>12}")
    for sheet in SHEETS:
        created, updated = report.created[sheet], report.updated[sheet]
        click.echo(f"{sheet:<14}{created:>10}{updated:>10}{report.unchanged[sheet]:>12}")
    click.echo("Chạy thử: chưa ghi gì vào hệ thống." if dry_run else "Đã nhập xong.")


def _place(problem: Problem) -> str:
    parts = [problem.sheet] if problem.sheet else []
    if problem.row is not None:
        parts.append(f"dòng {problem.row}")
    if problem.column:
        parts.append(f"cột {problem.column}")
    return ", ".join(parts) or "Tệp"
