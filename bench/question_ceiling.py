"""The ceiling of an import: the file read by its bare library, the same rows in bare INSERTs.

Run by bench.question_formats: ``python -m bench.question_ceiling KIND FILE ROWS URL``. Prints JSON;
seconds are those of the work alone, not of the start of Python.
"""

import json
import pickle
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, create_engine, insert

Rows = dict[str, list[dict[str, Any]]]


def peak_kib() -> int:
    """Return the peak of this process alone; ru_maxrss would begin at that of its parent."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _docx() -> Callable[[Path], int]:
    from lxml import etree  # noqa: PLC0415 - each format loads its own library alone

    tag = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

    def read(path: Path) -> int:
        with zipfile.ZipFile(path) as archive:
            root = etree.fromstring(archive.read("word/document.xml"))
        return len(["".join(p.itertext(f"{tag}t")) for p in root.iter(f"{tag}p")])

    return read


def _xml() -> Callable[[Path], int]:
    from lxml import etree  # noqa: PLC0415 - each format loads its own library alone

    return lambda path: len(list(etree.parse(path).getroot().itertext()))


def _package() -> Callable[[Path], int]:
    from lxml import etree  # noqa: PLC0415 - each format loads its own library alone

    def read(path: Path) -> int:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".xml")]
            return sum(len(list(etree.fromstring(archive.read(name)).itertext())) for name in names)

    return read


def _xlsx() -> Callable[[Path], int]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - each format loads its own

    def read(path: Path) -> int:
        book = CalamineWorkbook.from_path(path)
        return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)

    return read


def _yaml() -> Callable[[Path], int]:
    import yaml  # noqa: PLC0415 - each format loads its own library alone

    return lambda path: len(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))


def _text() -> Callable[[Path], int]:
    return lambda path: len(path.read_text(encoding="utf-8").splitlines())


READERS = {
    "yaml": _yaml,
    "xlsx": _xlsx,
    "docx": _docx,
    "text": _text,
    "gift": _text,
    "aiken": _text,
    "moodle-xml": _xml,
    "qti": _package,
    "qti-2.1": _package,
    "qti-3.0": _package,
}


def _insert(connection: Connection, tables: dict[str, Table], rows: Rows) -> None:
    for name, table in tables.items():
        connection.execute(insert(table), rows[name])


def main() -> None:
    """Read, insert, commit; print what it took."""
    kind, path, rows_path, url = sys.argv[1:]
    rows: Rows = pickle.loads(Path(rows_path).read_bytes())  # noqa: S301 - written by our parent
    engine = create_engine(url)
    known = MetaData()
    tables = {name: Table(name, known, autoload_with=engine, resolve_fks=False) for name in rows}
    read = READERS[kind]()
    begin, used = time.perf_counter(), time.process_time()
    read(Path(path))
    with engine.begin() as connection:
        _insert(connection, tables, rows)
    seconds, processor = time.perf_counter() - begin, time.process_time() - used
    figures = {"seconds": round(seconds, 2), "processor_seconds": round(processor, 2)}
    print(json.dumps({**figures, "peak_mib": peak_kib() // 1024}))


if __name__ == "__main__":
    main()
