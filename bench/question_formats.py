"""Import of 5,000 questions from each format to committed drafts: seconds and peak memory.

Run alone: ``python -m bench.question_formats [questions]``. Prints JSON: for each database and
format the `flask questions import` command, its start included, and beside it that of an empty
dry run, which is the command itself.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

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


def _import(environ: dict[str, str], path: Path, kind: str, *options: str) -> dict[str, float]:
    """Return seconds on the clock and on the processor, and peak MiB, of one import."""
    watch = (
        "import resource, runpy, sys; sys.argv = ['flask', *sys.argv[1:]]\n"
        "try: runpy.run_module('flask', run_name='__main__')\n"
        "finally:\n used = resource.getrusage(resource.RUSAGE_SELF)\n"
        " print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)"
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
            fields = {"title": "Chuyên đề", "summary": "", "folder": "01-bench", "position": 1}
            lists: dict[str, Any] = {"areas": [], "skills": [], "audience": []}
            db.session.add(Module(code=BANK, **fields, **lists))
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        if not figures:
            one = folder / "mot.yaml"
            one.write_bytes(codec_of("yaml").write(Outgoing([_entry(1)])).content)
            figures["ceiling: one question, dry run"] = _import(environ, one, "yaml", "--dry-run")
        figures[kind] = _import(environ, path, kind)
        assert figures[kind]["imported"] > 0
    return figures


def main() -> None:
    """Measure on SQLite and PostgreSQL, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else QUESTIONS
    entries = [_entry(number) for number in range(1, count + 1)]
    with postgres.cluster() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {}
        for kind, each in FORMATS.items():
            files[kind] = folder / f"{kind}{each.suffix}"
            files[kind].write_bytes(codec_of(kind).write(Outgoing(entries)).content)
        figures: dict[str, object] = {"questions": count}
        figures["sqlite"] = _measure(f"sqlite:///{folder / 'bench.db'}", files, folder)
        if server is not None:
            url = servers.make_database(server, f"elearn_formats_{os.getpid()}")
            figures["postgresql"] = _measure(url, files, folder)
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
