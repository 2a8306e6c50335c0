"""The coverage table as rows of a file: the figures of the screen and how they were asked."""

from collections.abc import Iterator

from elearn.coverage.board import Board, Line
from elearn.infra.tabular import Value
from elearn.kernel.errors import N_
from elearn.web.labels import label

HEADERS = (
    N_("Mã đơn vị"),
    N_("Đơn vị"),
    N_("Loại đơn vị"),
    N_("Đối tượng"),
    N_("Ngày chốt"),
    N_("Cách tính"),
    N_("Phải bồi dưỡng"),
    N_("Đã hoàn thành"),
    N_("Ngoài mẫu số"),
    N_("Tỷ lệ (%)"),
)


def _cells(board: Board, line: Line) -> list[Value]:
    count, question = line.row.count, board.ask.question
    return [
        line.row.unit.code,
        line.row.unit.name,
        label(line.row.unit.kind),
        line.row.group,
        question.day,
        label(question.view),
        count.denominator,
        count.numerator,
        count.excluded,
        count.rate,
    ]


def export_rows(board: Board) -> Iterator[list[Value]]:
    """Yield a row for the unit, then one for each part on the screen."""
    for line in (board.total, *board.parts):
        yield _cells(board, line)
