"""Tables as files to download."""

from collections.abc import Iterable, Sequence

from flask import Response
from werkzeug.datastructures import MultiDict

from elearn.infra.tabular import Value, write_csv, write_xlsx
from elearn.kernel.errors import N_, Invalid
from elearn.web.words import translated

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def shape_of(args: MultiDict[str, str]) -> str:
    """Return the file type asked for by ``shape``: xlsx unless csv. Raises Invalid for others."""
    shape = args.get("shape", "xlsx")
    if shape not in _TYPES:
        raise Invalid("download.shape", N_("Chỉ tải được tệp xlsx hoặc csv."))
    return shape


def table_response(
    shape: str, name: str, headers: Sequence[str], rows: Iterable[Sequence[Value]]
) -> Response:
    """Return ``rows`` under ``headers`` (message ids) as the file ``name``.xlsx or .csv."""
    titles = [translated(header) for header in headers]
    content = write_xlsx(titles, rows, name) if shape == "xlsx" else write_csv(titles, rows)
    response = Response(content, content_type=_TYPES[shape])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{shape}")
    response.headers["Cache-Control"] = "no-store"
    return response
