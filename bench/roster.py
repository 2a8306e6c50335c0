"""Import of 100,000 roster rows on both databases: seconds and peak memory of the flask command.

Run alone: ``python -m bench.roster [officials]``. Prints JSON: for each database and kind of file
the first import, the same again, and a dry run.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

from bench import servers
from elearn.app import create_app
from elearn.infra.db import db
from elearn.infra.tabular import Sheet, write_workbook
from elearn.kernel.settings import from_env
from elearn.roster.synthetic.generator import build
from elearn.tables import metadata
from tests.support import postgres

OFFICIALS, SEED, DAY = 37_500, 1, date(2026, 3, 1)
Rows = dict[str, list[dict[str, str]]]


def _rows(officials: int) -> Rows:
    rows: Rows = defaultdict(list)
    for sheet, row in build(officials, SEED, DAY):
        # The programme would have to be loaded first; posts and people are what weighs.
        if sheet != "completions":
            rows[sheet].append(row)
    return rows


def _write(rows: Rows, folder: Path) -> dict[str, Path]:
    """Write ``rows`` as a folder of CSV files and as a workbook."""
    csv_folder = folder / "csv"
    csv_folder.mkdir()
    for sheet, lines in rows.items():
        with (csv_folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(lines[0]))
            writer.writeheader()
            writer.writerows(lines)
    workbook = folder / "roster.xlsx"
    workbook.write_bytes(
        write_workbook(
            Sheet(sheet, list(lines[0]), [list(line.values()) for line in lines])
            for sheet, lines in rows.items()
        )
    )
    return {"csv": csv_folder, "xlsx": workbook}


def _import(environ: dict[str, str], path: Path, *options: str) -> dict[str, float]:
    """Return seconds on the clock and on the processor, and peak MiB, of one import."""
    # The child reports its own peak: that of "all children" would keep the largest of all runs.
    watch = (
        "import resource, runpy, sys; sys.argv = ['flask', *sys.argv[1:]]\n"
        "try: runpy.run_module('flask', run_name='__main__')\n"
        "finally:\n used = resource.getrusage(resource.RUSAGE_SELF)\n"
        " print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)"
    )
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", watch, "roster", "import", str(path), *options],
        check=True, cwd=servers.ROOT, env={**os.environ, **environ}, capture_output=True, text=True,
    )  # fmt: skip
    seconds = time.perf_counter() - begin
    processor, peak = done.stderr.split()[-2:]
    return {
        "seconds": round(seconds, 1),
        "processor_seconds": round(float(processor), 1),
        "peak_mib": int(peak) // 1024,
    }


def _measure(url: str, files: dict[str, Path], folder: Path) -> dict[str, dict[str, float]]:
    environ = {
        "ELEARN_DATABASE_URL": url,
        "ELEARN_DATA_DIR": str(folder),
        "ELEARN_SECRET_KEY": "b" * 40,
        "ELEARN_QUEUE_URL": "memory:",
    }
    app = create_app(from_env(environ))
    figures = {}
    for kind, path in files.items():
        with app.app_context():
            metadata.drop_all(db.engine)
            metadata.create_all(db.engine)
            db.engine.dispose()
        figures[f"{kind} first"] = _import(environ, path)
        figures[f"{kind} again"] = _import(environ, path)
        figures[f"{kind} dry run"] = _import(environ, path, "--dry-run")
    return figures


def main() -> None:
    """Measure on SQLite and PostgreSQL, print."""
    officials = int(sys.argv[1]) if len(sys.argv) > 1 else OFFICIALS
    with postgres.cluster() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = _rows(officials)
        files = _write(rows, folder)
        figures: dict[str, object] = {"rows": sum(map(len, rows.values()))}
        rows.clear()
        figures["sqlite"] = _measure(f"sqlite:///{folder / 'bench.db'}", files, folder)
        if server is not None:
            url = servers.make_database(server, f"elearn_roster_{os.getpid()}")
            figures["postgresql"] = _measure(url, files, folder)
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
