"""The coverage pages of HR, leaders and the programme officer."""

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from elearn.coverage import board as boards
from elearn.coverage.board import Board
from elearn.coverage.queries import get_programme
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import today
from elearn.kernel.errors import N_, NotFound
from elearn.web.access import access, holds
from elearn.web.coverage import ask as asking
from elearn.web.coverage.export import HEADERS, export_rows
from elearn.web.downloads import shape_of, table_response
from elearn.web.identity import the_actor

blueprint = Blueprint("coverage", __name__, template_folder="templates")
READERS = holds(Role.HR, Role.LEADER, Role.PROGRAMME_OFFICER)


def _board(session: Session) -> Board:
    day = today()
    choice = asking.parse(request.args, day)
    code = choice.programme
    if code is None:
        programmes = boards.list_programmes(session)
        if not programmes:
            raise NotFound("coverage.no_programme", N_("Chưa có chương trình nào."))
        code = programmes[0][0]
    programme = get_programme(session, code)
    return boards.get_board(session, the_actor(), programme, choice.ask, today=day)


@blueprint.get("/coverage")
@access(READERS)
def show() -> str:
    """Show who of those who must be trained is trained, for a unit on a day."""
    with reading() as session:
        board = _board(session)
        programmes = boards.list_programmes(session)
    return render_template(
        "coverage/board.html",
        board=board,
        programmes=programmes,
        args=asking.as_args(board.programme.code, board.ask),
        today=today(),
    )


@blueprint.get("/coverage/export")
@access(READERS)
def export() -> Response:
    """Give the rows of the screen as a file (``shape`` xlsx or csv)."""
    shape = shape_of(request.args)
    with reading() as session:
        board = _board(session)
    day = board.ask.question.day.strftime("%Y%m%d")
    name = f"do-phu-{board.programme.code}-{board.unit.code}-{day}"
    return table_response(shape, name, HEADERS, export_rows(board))
