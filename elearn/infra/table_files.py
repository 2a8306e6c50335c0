"""A file that somebody hands in to its tables, by its name."""

from collections.abc import Iterator
from pathlib import PurePath

from elearn.infra.csv_reading import read_csv
from elearn.infra.table import DEFAULT_LIMITS, BadTable, Limits, Table
from elearn.kernel.errors import N_

CSV_SUFFIX, XLSX_SUFFIX = ".csv", ".xlsx"


def iter_tables(file_name: str, content: bytes, limits: Limits = DEFAULT_LIMITS) -> Iterator[Table]:
    """Yield the table of a .csv file (named after the file) or those of an .xlsx file.

    Walk the rows of one table before you take the next. Raises BadTable for a file of another
    kind, too large, damaged, or in an unknown charset.
    """
    path = PurePath(file_name)
    suffix = path.suffix.lower()
    if suffix not in (CSV_SUFFIX, XLSX_SUFFIX):
        raise BadTable(
            "file.kind",
            N_("Tệp “%(file)s” không phải .csv hay .xlsx."),
            sheet=path.stem,
            file=path.name,
        )
    if len(content) > limits.file_bytes:
        raise BadTable(
            "file.too_large",
            N_("Tệp “%(file)s” lớn hơn %(mega)d MB. Hãy chia thành nhiều tệp nhỏ hơn."),
            sheet=path.stem,
            file=path.name,
            mega=limits.file_bytes // 2**20,
        )
    if suffix == CSV_SUFFIX:
        yield read_csv(path.stem, content, limits)
    else:
        from elearn.infra.xlsx_reading import iter_xlsx  # noqa: PLC0415 - only for workbooks

        yield from iter_xlsx(path.stem, content, limits)
