"""Import of 5,000 questions from each format to committed drafts: seconds and peak memory.

Run alone: ``python -m bench.question_formats [questions [format…]]``. Prints JSON: for each
database the `flask questions import` command on one question (``start``: what loading the site
takes) and on the file of each format, its start included; beside each its ceiling of the same run
(``bench.question_ceiling``). How far it is goes to stderr.
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, delete, select

from bench import servers
from elearn.app import create_app
from elearn.assessment.formats.catalogue import FORMATS, codec_of
from elearn.assessment.formats.neutral import Outgoing
from elearn.curriculum.models import Module
from elearn.infra.db import db
from elearn.kernel.settings import from_env
from elearn.tables import metadata
from tests.support import postgres

QUESTIONS = 5_000
BANK = "m1-bench"
# What an import writes in numbers, the parents first.
WRITTEN = ("authoring_draft", "authoring_draft_event")
# As on a machine where it has run before: modules come from bytecode, not from source.
COMPILED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(servers.BYTECODE)}


def _entry(number: int) -> dict[str, Any]:
    # About every tenth question of a bank has a word in bold or italic.
    strong = "**" if number % 10 == 0 else ""
    options = [
        {
            "text": f"Phương án {letter} của câu {number}: {strong}nội dung{strong} {number % 91}%",
            "correct": letter == "ABCD"[number % 4],
            "feedback": f"Nhận xét {letter}.",
        }
        for letter in "ABCD"
    ]
    return {
        "id": f"{BANK}-{number:05d}",
        "type": "single_choice",
        "level": "APPLY",
        "lesson": "l1-1",
        "area": None,
        "skills": ["S1"],
        "facts": ["F001"],
        "citations": ["76-NQ-CP-2021:D1"],
        "stem": f"Câu hỏi số {number}: cơ quan nào lo {strong}chỉ tiêu{strong} thứ {number}?",
        "options": options,
        "explanation": f"Điều {number} của văn bản giao việc này cho một cơ quan duy nhất.",
        "points": "1",
    }


def _import(environ: dict[str, str], path: Path, kind: str, *options: str) -> dict[str, Any]:
    """Return seconds on the clock and on the processor, and peak MiB, of one import."""
    watch = (
        "import runpy, sys, time; sys.argv = ['flask', *sys.argv[1:]]\n"
        "try: runpy.run_module('flask', run_name='__main__')\n"
        "finally:\n from bench.question_ceiling import peak_kib\n"
        " print(time.process_time(), peak_kib(), file=sys.stderr)"
    )
    command = [sys.executable, "-c", watch, "questions", "import", str(path)]
    begin = time.perf_counter()
    done = subprocess.run(
        [*command, "--bank", BANK, "--format", kind, "--json", *options],
        check=True, cwd=servers.ROOT, env={**os.environ, **environ}, capture_output=True, text=True,
    )  # fmt: skip
    seconds = time.perf_counter() - begin
    processor, peak = done.stderr.split()[-2:]
    return {
        "imported": json.loads(done.stdout)["imported"],
        "seconds": round(seconds, 2),
        "processor_seconds": round(float(processor), 2),
        "peak_mib": int(peak) // 1024,
    }


class _Bank:
    """An empty bank in a database of its own, and what an import wrote to it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.environ = {
            **COMPILED,
            "ELEARN_DATABASE_URL": url,
            "ELEARN_DATA_DIR": str(folder),
            "ELEARN_SECRET_KEY": "b" * 40,
            "ELEARN_QUEUE_URL": "memory:",
        }
        self.url, self.folder = url, folder
        self.app = create_app(from_env(self.environ))
        with self.app.app_context():
            metadata.create_all(db.engine)
            fields = {"title": "Chuyên đề", "summary": "", "folder": "01-bench", "position": 1}
            lists: dict[str, Any] = {"areas": [], "skills": [], "audience": []}
            db.session.add(Module(code=BANK, **fields, **lists))
            db.session.commit()
            db.session.remove()
            known = MetaData()
            self.tables = {
                name: Table(name, known, autoload_with=db.engine, resolve_fks=False)
                for name in WRITTEN
            }
            db.engine.dispose()

    def keep_rows(self) -> Path:
        """Write what the import wrote to a file, and empty the bank."""
        with self.app.app_context():
            with db.engine.begin() as connection:
                rows = {
                    name: [dict(row) for row in connection.execute(select(table)).mappings()]
                    for name, table in self.tables.items()
                }
            db.engine.dispose()
        self.empty()
        path = self.folder / "rows"
        path.write_bytes(pickle.dumps(rows))
        return path

    def empty(self) -> None:
        """Take out all drafts."""
        with self.app.app_context():
            with db.engine.begin() as connection:
                for table in reversed(self.tables.values()):
                    connection.execute(delete(table))
            db.engine.dispose()

    def measure(self, kind: str, path: Path) -> dict[str, Any]:
        """Return the figures of an import, its ceiling among them; the bank is empty again."""
        figures = _import(self.environ, path, kind)
        rows = str(self.keep_rows())
        ceiling = ("-m", "bench.question_ceiling", kind, str(path), rows, self.url)
        figures["ceiling"] = json.loads(servers.python(self.environ, *ceiling))
        self.empty()
        return figures


def _measure(url: str, files: dict[str, Path], folder: Path) -> dict[str, Any]:
    bank = _Bank(url, folder)
    one = folder / "mot.yaml"
    one.write_bytes(codec_of("yaml").write(Outgoing([_entry(1)])).content)
    # The first start compiles, the second is what is measured.
    _import(bank.environ, one, "yaml", "--dry-run")
    figures = {"start": _import(bank.environ, one, "yaml", "--dry-run")}
    for kind, path in files.items():
        figures[kind] = bank.measure(kind, path)
        assert figures[kind]["imported"] > 0
        _tell(f"{url.partition(':')[0]} {kind}: {figures[kind]}")
    return figures


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _samples(count: int, kinds: list[str], folder: Path) -> dict[str, Path]:
    """Write the questions in each format; files are written by the exports of the site."""
    entries = [_entry(number) for number in range(1, count + 1)]
    files = {}
    for kind in kinds:
        begin = time.perf_counter()
        files[kind] = folder / f"{kind}{FORMATS[kind].suffix}"
        files[kind].write_bytes(codec_of(kind).write(Outgoing(entries)).content)
        _tell(f"{kind} written in {time.perf_counter() - begin:.1f} s")
    return files


def main() -> None:
    """Measure on SQLite and PostgreSQL, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else QUESTIONS
    with postgres.cluster() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = _samples(count, sys.argv[2:] or list(FORMATS), folder)
        figures: dict[str, object] = {"questions": count}
        figures["sqlite"] = _measure(f"sqlite:///{folder / 'bench.db'}", files, folder)
        if server is not None:
            url = servers.make_database(server, f"elearn_formats_{os.getpid()}")
            figures["postgresql"] = _measure(url, files, folder)
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
