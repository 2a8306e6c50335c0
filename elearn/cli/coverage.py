"""`flask coverage`: figures of any day on the command line."""

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime

import click

from elearn.cli.groups import CommandGroup
from elearn.coverage.queries import (
    CoverageRow,
    ProgrammeInfo,
    Question,
    get_programme,
    list_coverage,
)
from elearn.coverage.rules import View
from elearn.infra.db import reading
from elearn.kernel.clock import LOCAL_ZONE, end_of_local_day, read_day, utc_now
from elearn.kernel.errors import AppError

coverage = CommandGroup("coverage", help="Coverage figures.")
COLUMNS = (
    "unit", "name", "kind", "depth", "group", "denominator", "numerator", "excluded", "rate",
)  # fmt: skip


def parse_day(text: str) -> date:
    """Return the day of YYYY-MM-DD or dd/mm/yyyy. Raises click.BadParameter."""
    if (day := read_day(text)) is not None:
        return day
    raise click.BadParameter(f"“{text}” không phải là ngày; hãy viết 2026-03-14 hoặc 14/03/2026.")


def parse_known_at(text: str) -> datetime:
    """Return the instant of an ISO time, or the end of a local day. Raises click.BadParameter."""
    if len(text) <= 10:
        return end_of_local_day(parse_day(text))
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"“{text}” không phải là thời điểm ISO.") from error
    return at if at.tzinfo else at.replace(tzinfo=LOCAL_ZONE)


def _as_dict(row: CoverageRow) -> dict[str, object]:
    count = row.count
    return {
        "unit": row.unit.code,
        "name": row.unit.name,
        "kind": row.unit.kind,
        "depth": row.depth,
        "group": row.group,
        "denominator": count.denominator,
        "numerator": count.numerator,
        "excluded": count.excluded,
        "rate": None if count.rate is None else float(count.rate),
    }


def _print_json(
    programme: ProgrammeInfo, question: Question, known_at: datetime, rows: Sequence[CoverageRow]
) -> None:
    document = {
        "programme": programme.code,
        "as_of": question.day.isoformat(),
        "known_at": known_at.isoformat(),
        "view": question.view.value,
        "rows": [_as_dict(row) for row in rows],
    }
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


def _print_csv(rows: Sequence[CoverageRow]) -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_as_dict(row) for row in rows)


def _print_table(rows: Sequence[CoverageRow]) -> None:
    for row in rows:
        name = "  " * row.depth + f"{row.unit.name} ({row.unit.code})"
        rate = "–" if row.count.rate is None else f"{row.count.rate}%".replace(".", ",")
        click.echo(
            f"{name:60} {row.group:6} {row.count.numerator:>7} / {row.count.denominator:<7}"
            f" {rate:>7}  (ngoài mẫu số: {row.count.excluded})"
        )


@coverage.command("show")
@click.option("--programme", required=True, help="Mã chương trình.")
@click.option("--as-of", "as_of", required=True, help="Ngày chốt số liệu.")
@click.option("--unit", help="Mã đơn vị; mặc định là đơn vị chủ trì của chương trình.")
@click.option("--group", help="Mã đối tượng hoặc ALL.")
@click.option("--view", type=click.Choice([view.value for view in View]), default="duty")
@click.option("--known-at", "known_at", help="Chỉ tính những gì đã biết đến ngày hoặc lúc này.")
@click.option("--depth", type=click.IntRange(0), help="0: chỉ đơn vị ấy.")
@click.option("--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table")
def show(  # noqa: PLR0913 - one parameter per option of the contract
    programme: str,
    as_of: str,
    unit: str | None,
    group: str | None,
    view: str,
    known_at: str | None,
    depth: int | None,
    shape: str,
) -> None:
    """Print who of those who must be trained is trained, on a day."""
    known = parse_known_at(known_at) if known_at else None
    question = Question(parse_day(as_of), View(view), known)
    try:
        with reading() as session:
            info = get_programme(session, programme)
            rows = list_coverage(session, info, question, unit_code=unit, group=group, depth=depth)
    except AppError as error:
        raise click.ClickException(error.text()) from error
    if shape == "json":
        _print_json(info, question, known or utc_now(), rows)
    elif shape == "csv":
        _print_csv(rows)
    else:
        _print_table(rows)
