"""What answers tell of questions and papers: stored figures, with advice in plain words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from elearn.assessment.statistics import queries
from elearn.assessment.statistics.models import StatisticScope
from elearn.assessment.statistics.naming import name_options
from elearn.assessment.statistics.queries import ItemLine, PaperHead, RoundLine, Sat
from elearn.assessment.statistics.rules import (
    LEAST_SHOWN,
    Advice,
    Figures,
    Option,
    Weight,
    advise,
)
from elearn.infra.db import reading
from elearn.infra.jobs import get_job
from elearn.infra.tabular import Value
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_, NotFound
from elearn.org.scope import UnitScope, scope_for
from elearn.web import charts
from elearn.web.access import access, holds
from elearn.web.author.pages import page
from elearn.web.author.statistics_words import (
    correlation,
    method_text,
    seconds_text,
    sentence,
    share,
)
from elearn.web.downloads import shape_of, table_response
from elearn.web.i18n import format_number
from elearn.web.identity import the_actor
from elearn.web.words import _
from elearn.workflows import item_statistics

blueprint = Blueprint("author_statistics", __name__, template_folder="templates")
readers = holds(Role.AUTHOR, Role.REVIEWER, Role.PROGRAMME_OFFICER)
# An option's text in a chart is one line.
_LABEL = 36


@dataclass(frozen=True, slots=True)
class AdvisedLine:
    """A question of a paper with the most urgent advice first."""

    line: ItemLine
    advice: list[Advice]

    @property
    def rank(self) -> int:
        """Return how urgent it is, 0 the most."""
        return list(Weight).index(self.advice[0].weight)


def _round_scope() -> UnitScope | None:
    """Return whose rounds the actor sees: an officer those of his units, an author all."""
    actor = the_actor()
    if actor.has_role(Role.AUTHOR, Role.REVIEWER):
        return None
    return scope_for(actor, Role.PROGRAMME_OFFICER, day=today())


def _page(template: str, **context: object) -> str:
    return page(
        template,
        share=share,
        correlation=correlation,
        seconds_text=seconds_text,
        sentence=sentence,
        method_text=method_text,
        least=LEAST_SHOWN,
        is_writer=the_actor().has_role(Role.AUTHOR, Role.REVIEWER),
        **context,
    )


@blueprint.get("/author/statistics")
@access(readers)
def index() -> str:
    """List the papers that were sat, with what can be said of each at a glance."""
    with reading() as session:
        return _page(
            "author/statistics.html",
            papers=queries.list_sat_papers(session),
            computed_at=queries.last_computed_at(session),
        )


@blueprint.post("/author/statistics/compute")
@access(readers)
def compute() -> BaseResponse:
    """Ask for all figures anew and show the progress."""
    job_id = item_statistics.request(the_actor(), now=utc_now())
    return redirect(url_for("jobs.show", job_id=job_id))


@blueprint.get("/author/statistics/jobs/<int:job_id>")
@access(readers)
def after_job(job_id: int) -> BaseResponse:
    """Lead from a computation that is done to its figures."""
    with reading() as session:
        get_job(session, job_id, owner=the_actor())
    return redirect(url_for("author_statistics.index"))


@blueprint.get("/author/questions/<code>/statistics")
@access(readers)
def question(code: str) -> str:
    """Show how a version of a question was answered, and what that means."""
    with reading() as session:
        found = queries.question_figures(
            session,
            code,
            request.args.get("version", type=int),
            scope=_round_scope(),
        )
    figures = found.figures if found.figures and found.figures.is_shown else None
    options = name_options(found.type, found.body, figures.options) if figures else []
    return _page(
        "author/question_statistics.html",
        found=found,
        figures=figures,
        options=options,
        advice=advise(found.type, figures, options) if figures else [],
        chosen_chart=_chosen_chart(figures, options) if figures and options else None,
        group_chart=_group_chart(figures, options) if figures else None,
    )


def _chosen_chart(figures: Figures, options: Sequence[Option]) -> charts.BarChart:
    values = [
        charts.Value(_option_label(option), 100 * part, share(part))
        for option in options
        for part in [figures.chosen(option.key) / figures.n]
    ]
    omitted = figures.omitted / figures.n
    return charts.bar_chart([*values, charts.Value(_("Bỏ trống"), 100 * omitted, share(omitted))])


def _option_label(option: Option) -> str:
    text = f"{option.name}. {option.text}" if option.text else option.name
    if option.is_right:
        text = f"✓ {text}"
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"


def _group_chart(figures: Figures, options: Sequence[Option]) -> charts.LineChart | None:
    """Return how many of each ability group chose the key; None where the key is not one thing."""
    right = [option for option in options if option.is_right and option.is_offered]
    if len(right) != 1 or sum(1 for size in figures.groups if size) < 2:
        return None
    counts = figures.options.get(right[0].key, [0] * len(figures.groups))
    return charts.line_chart(
        [
            charts.Value(_group_name(place), 100 * part, share(part))
            for place, (count, size) in enumerate(zip(counts, figures.groups, strict=True))
            if size
            for part in [count / size]
        ]
    )


def _group_name(place: int) -> str:
    return [_("1 (thấp)"), "2", "3", _("4 (cao)")][place]


def _chosen_round(rounds: Sequence[RoundLine]) -> RoundLine | None:
    """Return the round that the address names; NotFound for one that is not to be seen."""
    code = request.args.get("round", "")
    if not code:
        return None
    for each in rounds:
        if each.code == code:
            return each
    raise NotFound("round.unknown", N_("Không tìm thấy đợt này."))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the address of a paper's page asks for."""

    head: PaperHead
    rounds: list[RoundLine]
    chosen: RoundLine | None
    sat: Sat | None
    lines: list[AdvisedLine]


def _read(code: str) -> _Seen:
    with reading() as session:
        head = queries.get_paper_head(
            session,
            code,
            request.args.get("version", type=int),
            request.args.get("round", ""),
        )
        rounds = queries.list_rounds(session, head.version_id, scope=_round_scope())
        chosen = _chosen_round(rounds)
        sat = chosen.sat if chosen else queries.find_sat(session, head.version_id)
        if sat is None or sat.n < LEAST_SHOWN:
            items: list[ItemLine] = []
        elif chosen:
            items = queries.list_items(session, StatisticScope.ROUND, chosen.id)
        else:
            items = queries.list_items(session, StatisticScope.PAPER, head.version_id)
    lines = [_advised(line) for line in items if line.figures.is_shown]
    lines.sort(key=lambda each: (each.rank, each.line.code, each.line.number))
    return _Seen(head, rounds, chosen, sat, lines)


def _advised(line: ItemLine) -> AdvisedLine:
    options = name_options(line.type, line.body, line.figures.options)
    return AdvisedLine(line, advise(line.type, line.figures, options))


@blueprint.get("/author/papers/<code>/statistics")
@access(readers)
def paper(code: str) -> str:
    """Show how a version of a paper was sat, everywhere or in one round."""
    seen = _read(code)
    is_shown = seen.sat is not None and seen.sat.n >= LEAST_SHOWN
    return _page(
        "author/paper_statistics.html",
        seen=seen,
        is_shown=is_shown,
        score_chart=_score_chart(seen.sat) if seen.sat and is_shown else None,
        args={
            name: value
            for name, value in (
                ("code", code),
                ("version", seen.head.number),
                ("round", seen.chosen.code if seen.chosen else None),
            )
            if value
        },
    )


def _score_chart(sat: Sat) -> charts.BarChart:
    return charts.bar_chart(
        [
            charts.Value(
                f"{place * 10}–{place * 10 + 10}%", 100 * count / sat.n, format_number(count)
            )
            for place, count in enumerate(sat.histogram)
        ]
    )


_HEADERS = (
    N_("Câu hỏi"), N_("Phiên bản"), N_("Loại"), N_("Mức độ"), N_("Số lượt"), N_("Bỏ trống"),
    N_("Tỷ lệ điểm đạt (%)"), N_("Độ phân biệt"), N_("Thời gian giữa (giây)"),
    N_("Tỷ lệ xuất hiện (%)"), N_("So với các đợt trước (z)"), N_("Trong đợt (z)"),
    N_("Nhận xét"),
)  # fmt: skip


@blueprint.get("/author/papers/<code>/statistics/export")
@access(readers)
def export_paper(code: str) -> Response:
    """Hand out the questions of the same page as a table."""
    shape, seen = shape_of(request.args), _read(code)
    return table_response(shape, f"thong-ke-{code}", _HEADERS, _rows(seen.lines))


def _rows(lines: Sequence[AdvisedLine]) -> Iterator[list[Value]]:
    for each in lines:
        line, figures = each.line, each.line.figures
        yield [
            line.code,
            line.number,
            line.type,
            line.level,
            figures.n,
            figures.omitted,
            round(100 * figures.facility, 1),
            None if figures.discrimination is None else round(figures.discrimination, 2),
            None if figures.seconds is None else round(figures.seconds),
            round(100 * figures.exposure, 1),
            None if figures.drift is None else round(figures.drift, 1),
            None if figures.leak is None else round(figures.leak, 1),
            " ".join(sentence(advice) for advice in each.advice),
        ]
