"""Participation at any time, the live table while a round is open, results once it has closed.

Officers, HR and leaders each see the units of their own subtrees; names only officers and HR.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import percent
from elearn.assessment.rounds import live_queries, queries, result_queries
from elearn.assessment.rounds.live_queries import Doing, LiveLine, Wanted
from elearn.assessment.rounds.models import RoundKind, TopicKind
from elearn.assessment.rounds.queries import RoundView
from elearn.assessment.rounds.result_queries import ScoreLine
from elearn.assessment.rounds.rules import FEWEST_TOLD
from elearn.curriculum.queries import module_titles
from elearn.infra.db import reading
from elearn.infra.tabular import Value
from elearn.kernel.actor import Role
from elearn.kernel.clock import LOCAL_ZONE, local_day, utc_now
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import page_request
from elearn.org.queries import UnitNode, list_unit_nodes, unit_names
from elearn.org.scope import UnitScope, scope_for, units_in
from elearn.web.access import access, holds
from elearn.web.author.words import AREAS, LEVELS
from elearn.web.downloads import shape_of, table_response
from elearn.web.i18n import format_percent
from elearn.web.identity import the_actor
from elearn.web.words import translated

blueprint = Blueprint("rounds", __name__, url_prefix="/rounds", template_folder="templates")
WATCHERS = (Role.HR, Role.LEADER, Role.PROGRAMME_OFFICER)
INVIGILATORS = (Role.HR, Role.PROGRAMME_OFFICER)
_ROUND = "/<int(max=2147483647):round_id>"
REFRESH_SECONDS = 15
HEADERS = (
    N_("Đơn vị"),
    N_("Danh sách"),
    N_("Đã tham gia"),
    N_("Tỷ lệ tham gia"),
    N_("Đã nộp"),
)
LIVE_HEADERS = (
    N_("Đơn vị"),
    N_("Danh sách"),
    N_("Chưa bắt đầu"),
    N_("Đang đọc"),
    N_("Đang lưu"),
    N_("Im lặng"),
    N_("Đã nộp"),
    N_("Đã hủy"),
)
SCORE_HEADERS = (
    N_("Đơn vị"),
    N_("Số người"),
    N_("Điểm trung bình (%)"),
    N_("Số người đạt"),
    N_("Số bài đúng tất cả"),
)
_TOPICS = (TopicKind.MODULE, TopicKind.AREA, TopicKind.LEVEL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands: the round, the units he may see, the unit of the page."""

    view: RoundView
    scope: UnitScope
    unit_id: int
    unit_name: str
    tops: tuple[UnitNode, ...]


def _scope(roles: Sequence[Role]) -> UnitScope:
    return scope_for(the_actor(), *roles, day=local_day(utc_now()))


def _place(session: Session, round_id: int, roles: Sequence[Role]) -> Place:
    """Return the place of the request; ``?unit=`` is a unit that the reader may see."""
    scope = _scope(roles)
    view = queries.get_watched(session, scope, round_id)
    then = replace(scope, day=view.roster_on)
    tops = tuple(node for node in list_unit_nodes(session, then) if not node.depth)
    seen = set(session.scalars(units_in(then)))
    default = view.unit_id if view.unit_id in seen or not tops else tops[0].unit.id
    unit_id = request.args.get("unit", default, int)
    if unit_id not in seen:
        raise NotFound("round.unit_unknown", N_("Không có đơn vị này trong phạm vi của bạn."))
    name = unit_names(session, [unit_id], view.roster_on).get(unit_id, "")
    return Place(view, then, unit_id, name, tops)


@blueprint.get("")
@access(holds(*WATCHERS))
def browse() -> str:
    """Show the rounds in which people of the reader's units sit."""
    with reading() as session:
        page = queries.list_watched(
            session, _scope(WATCHERS), page_request(request.args.get("page", type=int), size=25)
        )
    return render_template("rounds/list.html", page=page, now=utc_now())


def _lines(session: Session, place: Place) -> list[LiveLine]:
    return live_queries.count_live(session, place.view, place.scope, place.unit_id, utc_now())


@blueprint.get(_ROUND)
@access(holds(*WATCHERS))
def participation(round_id: int) -> str:
    """Show how many of those on the list have taken part, by unit."""
    with reading() as session:
        place = _place(session, round_id, WATCHERS)
        lines, manages = _lines(session, place), _manages(session, place.view)
    total = live_queries.total_of(lines, place.unit_name)
    return render_template(
        "rounds/participation.html",
        manages=manages,
        invigilates=_invigilates(),
        place=place,
        view=place.view,
        lines=lines,
        total=total,
        now=utc_now(),
    )


@blueprint.get(_ROUND + "/export")
@access(holds(*WATCHERS))
def export(round_id: int) -> Response:
    """Give the table of participation as a file."""
    with reading() as session:
        lines = _lines(session, _place(session, round_id, WATCHERS))
    rows = (
        (line.name, line.listed, line.took_part, share_of(line), line.handed_in) for line in lines
    )
    return table_response(shape_of(request.args), "tham-gia", HEADERS, rows)


@blueprint.app_template_filter("share_of")
def share_of(line: LiveLine) -> str:
    """Return the share of those on the list who took part, rounded half up; a dash for nobody."""
    if not line.listed:
        return "–"
    return format_percent(percent(Decimal(line.took_part), Decimal(line.listed)))


@blueprint.app_template_filter("clock")
def clock(at: datetime) -> str:
    """Return the local time of ``at`` to the second."""
    return at.astimezone(LOCAL_ZONE).strftime("%H:%M:%S")


@blueprint.get(_ROUND + "/live")
@access(holds(*INVIGILATORS))
def live(round_id: int) -> str:
    """Show who has begun, saves, is silent or has handed in, by unit; the page renews itself."""
    with reading() as session:
        place = _place(session, round_id, INVIGILATORS)
        lines, manages = _lines(session, place), _manages(session, place.view)
    return render_template(
        "rounds/live.html",
        manages=manages,
        place=place,
        view=place.view,
        lines=lines,
        total=live_queries.total_of(lines, place.unit_name),
        now=utc_now(),
        seconds=REFRESH_SECONDS,
    )


@blueprint.get(_ROUND + "/live/export")
@access(holds(*INVIGILATORS))
def export_live(round_id: int) -> Response:
    """Give the live table as a file."""
    with reading() as session:
        lines = _lines(session, _place(session, round_id, INVIGILATORS))
    rows = (
        (
            line.name,
            line.listed,
            line.not_begun,
            line.reading,
            line.saving,
            line.silent,
            line.handed_in,
            line.voided,
        )
        for line in lines
    )
    return table_response(shape_of(request.args), "dang-lam-bai", LIVE_HEADERS, rows)


@blueprint.get(_ROUND + "/people")
@access(holds(*INVIGILATORS))
def people(round_id: int) -> str:
    """Show the examinees of a unit, without any score."""
    doing = request.args.get("doing", "")
    with reading() as session:
        place = _place(session, round_id, INVIGILATORS)
        wanted = Wanted(
            place.unit_id,
            Doing(doing) if doing in Doing.__members__ else None,
            request.args.get("q", "").strip()[:100],
        )
        page = live_queries.list_examinees(
            session,
            place.view,
            place.scope,
            wanted,
            page_request(request.args.get("page", type=int)),
            utc_now(),
        )
        manages = _manages(session, place.view)
    args = {"unit": place.unit_id, "doing": doing or None, "q": wanted.text or None}
    return render_template(
        "rounds/people.html",
        place=place,
        view=place.view,
        page=page,
        wanted=wanted,
        doings=list(Doing),
        manages=manages,
        args={name: value for name, value in args.items() if value},
    )


def _invigilates() -> bool:
    return the_actor().has_role(*INVIGILATORS)


def _manages(session: Session, view: RoundView) -> bool:
    managed = units_in(_scope([Role.PROGRAMME_OFFICER]))
    return view.unit_id in set(session.scalars(managed))


@blueprint.get(_ROUND + "/results")
@access(holds(*WATCHERS))
def results(round_id: int) -> str:
    """Show results by unit and topic once the round has closed."""
    with reading() as session:
        place = _place(session, round_id, WATCHERS)
        view, scope, unit_id = place.view, place.scope, place.unit_id
        manages = _manages(session, view)
        whole = result_queries.scores_by_topic(session, view, scope, unit_id, TopicKind.ALL)
        return render_template(
            "rounds/results.html",
            place=place,
            view=view,
            total=whole[0] if whole else None,
            units=result_queries.scores_by_unit(session, view, scope, unit_id),
            topics={
                kind: result_queries.scores_by_topic(session, view, scope, unit_id, kind)
                for kind in _TOPICS
            },
            manages=manages,
            invigilates=_invigilates(),
            is_outdated=manages and result_queries.is_outdated(session, view),
            names=_names(session),
            fewest=FEWEST_TOLD,
            is_contest=view.kind is RoundKind.CONTEST,
        )


def _names(session: Session) -> dict[str, str]:
    """Return what topics are called: modules by title, areas and levels by their words."""
    codes = {**AREAS, **LEVELS}
    words = {code: translated(word) for code, word in codes.items()}
    return {**module_titles(session), **words}


@blueprint.get(_ROUND + "/results/export")
@access(holds(*WATCHERS))
def export_results(round_id: int) -> Response:
    """Give the results by unit as a file."""
    with reading() as session:
        place = _place(session, round_id, WATCHERS)
        lines = result_queries.scores_by_unit(session, place.view, place.scope, place.unit_id)
    return table_response(shape_of(request.args), "ket-qua", SCORE_HEADERS, _score_rows(lines))


def _score_rows(lines: Sequence[ScoreLine]) -> Iterator[tuple[Value, ...]]:
    for line in lines:
        yield line.name, line.people, line.percent, line.passed, line.perfect


@blueprint.get(_ROUND + "/places")
@access(holds(Role.PROGRAMME_OFFICER))
def places(round_id: int) -> str:
    """Show the places of a closed contest."""
    with reading() as session:
        place = _place(session, round_id, [Role.PROGRAMME_OFFICER])
        page = result_queries.list_places(
            session, place.view, place.scope, page_request(request.args.get("page", type=int))
        )
    return render_template("rounds/places.html", place=place, view=place.view, page=page)


@blueprint.app_template_filter("minutes_of")
def minutes_of(seconds: int) -> str:
    """Return a length of time as minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02d}"
