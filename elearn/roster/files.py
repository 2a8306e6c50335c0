"""Where the rows of a roster come from: a folder of CSV files, one workbook, uploaded files."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from elearn.infra.table import BadTable, Table
from elearn.infra.table_files import CSV_SUFFIX, iter_tables
from elearn.kernel.errors import N_
from elearn.roster.facts import SHEETS

# The name of a file and what reads it; a file is read only when its turn comes.
NamedFile = tuple[str, Callable[[], bytes]]


def tables_of(files: Iterable[NamedFile]) -> Iterator[Table | BadTable]:
    """Yield the tables of the files in turn; what is wrong with one file does not hide the next."""
    for name, read in files:
        try:
            yield from iter_tables(name, read())
        except BadTable as problem:
            yield problem


def tables_at(path: Path) -> Iterator[Table | BadTable]:
    """Yield the tables of the CSV files in the folder ``path``, or of the file ``path``."""
    if path.is_dir():
        found = [each for each in path.iterdir() if each.suffix.lower() == CSV_SUFFIX]
        yield from tables_of((each.name, each.read_bytes) for each in sorted(found, key=_place))
    elif path.is_file():
        yield from tables_of([(path.name, path.read_bytes)])
    else:
        yield BadTable(
            "file.missing",
            N_("Không có tệp hay thư mục “%(path)s”."),
            sheet=path.stem,
            path=str(path),
        )


def _place(path: Path) -> tuple[int, str]:
    sheet = path.stem.lower()
    return (SHEETS.index(sheet) if sheet in SHEETS else len(SHEETS), path.name)
