"""A roster of 20,000 rows goes in quickly, in bounded memory and in few statements."""

import time
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from elearn.infra.table_files import iter_tables
from elearn.infra.tabular import Sheet, write_workbook
from elearn.kernel.actor import SYSTEM
from elearn.roster.synthetic.generator import SHEETS, build
from elearn.workflows.import_roster import run
from tests.support.statements import recorded

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
OFFICIALS = 7_700


def _workbook() -> bytes:
    rows: dict[str, list[list[str]]] = {sheet: [] for sheet in SHEETS if sheet != "completions"}
    headers: dict[str, list[str]] = {}
    for sheet, row in build(OFFICIALS, 1, date(2026, 3, 1)):
        if sheet in rows:
            headers[sheet] = list(row)
            rows[sheet].append(list(row.values()))
    return write_workbook(Sheet(sheet, headers[sheet], rows[sheet]) for sheet in rows)


@pytest.mark.slow
def test_twenty_thousand_rows_go_in_at_once(app: Flask, session: Session) -> None:
    content = _workbook()
    session.rollback()
    begin = time.process_time()
    with recorded() as statements:
        report = run(SYSTEM, iter_tables("lon.xlsx", content), dry_run=False, now=NOW)
    seconds = time.process_time() - begin
    assert list(report.errors) == []
    assert report.created["people"] == OFFICIALS
    assert sum(report.created.values()) > 20_000
    # SQLite gives the ids of the 107 events one by one.
    assert len(statements) < 150
    assert seconds < 30
