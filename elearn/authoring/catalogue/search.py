"""What authors may ask the bank for, and the same as SQL."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    false,
    func,
    not_,
    null,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from elearn.assessment.domain.searching import Term, parse_words, tag
from elearn.assessment.models import Question, QuestionVersion
from elearn.assessment.statistics.models import ItemStatistic, StatisticScope
from elearn.assessment.statistics.rules import (
    ALARM,
    EASY,
    GOOD,
    HARD,
    LEAST_ADVISED,
    LEAST_SHOWN,
    WEAK,
)
from elearn.authoring.drafts.rules import OPEN
from elearn.authoring.models import Draft, DraftKind
from elearn.curriculum.legal import codes_no_longer_in_force


class BankState(StrEnum):
    """Where a question stands for its authors."""

    PUBLISHED = "PUBLISHED"
    CHANGING = "CHANGING"
    NEW = "NEW"
    RETIRED = "RETIRED"


class Sign(StrEnum):
    """What statistics say of a question, as far as SQL can tell."""

    LOOK = "LOOK"
    EASY = "EASY"
    HARD = "HARD"
    INVERSE = "INVERSE"
    WEAK = "WEAK"
    LEAKED = "LEAKED"
    GOOD = "GOOD"
    FEW = "FEW"


@dataclass(frozen=True, slots=True)
class BankSearch:
    """Which questions to list; what is empty asks for all.

    Of the values of one field any may hold. The fields given must all hold, or any of them where
    ``is_any``; the module always must. ``text``: see domain.searching.parse_words. ``citation`` is
    the code of a document, with ":" and a clause or without. ``is_outdated``: it cites a document
    that is no longer in force on the day.
    """

    text: str = ""
    module_code: str = ""
    types: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    lesson: str = ""
    areas: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    citation: str = ""
    states: tuple[BankState, ...] = ()
    signs: tuple[Sign, ...] = ()
    is_outdated: bool = False
    is_double: bool = False
    is_any: bool = False


def open_drafts() -> CTE:
    """Return the open drafts of questions; of two of a code the one begun in the browser."""
    place = func.row_number().over(partition_by=Draft.code, order_by=(Draft.origin, Draft.id))
    ranked = (
        select(
            Draft.id,
            Draft.code,
            Draft.module_code,
            Draft.state,
            Draft.base_number,
            Draft.content,
            Draft.search_text,
            Draft.tags,
            Draft.same_key,
            place.label("place"),
        )
        .where(Draft.kind == DraftKind.QUESTION, Draft.state.in_(OPEN))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1).cte()


def _published(draft: CTE) -> Select[*tuple[object, ...]]:
    return (
        select(
            Question.code.label("code"),
            Question.bank.label("module_code"),
            QuestionVersion.id.label("version_id"),
            QuestionVersion.number.label("number"),
            Question.retired_at.is_not(None).label("is_retired"),
            draft.c.id.label("draft_id"),
            type_coerce(draft.c.state, String).label("draft_state"),
            QuestionVersion.type.label("type"),
            type_coerce(QuestionVersion.level, String).label("level"),
            QuestionVersion.lesson_code.label("lesson"),
            QuestionVersion.area.label("area"),
            QuestionVersion.search_text.label("search_text"),
            QuestionVersion.tags.label("tags"),
            QuestionVersion.same_key.label("same_key"),
        )
        .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .outerjoin(draft, draft.c.code == Question.code)
    )


def _unpublished(draft: CTE) -> Select[*tuple[object, ...]]:
    content = draft.c.content
    return (
        select(
            draft.c.code,
            func.coalesce(Question.bank, draft.c.module_code),
            type_coerce(null(), Integer),
            type_coerce(null(), Integer),
            and_(Question.retired_at.is_not(None), Question.id.is_not(None)),
            draft.c.id,
            type_coerce(draft.c.state, String),
            content["type"].as_string(),
            content["level"].as_string(),
            content["lesson"].as_string(),
            content["area"].as_string(),
            draft.c.search_text,
            draft.c.tags,
            draft.c.same_key,
        )
        .outerjoin(Question, Question.code == draft.c.code)
        .where(
            Question.published_version_id.is_(None),
            or_(Question.id.is_not(None), draft.c.base_number.is_(None)),
        )
    )


def everything() -> Subquery:
    """Return every question of the bank, published or still a draft, as one table."""
    draft = open_drafts()
    return union_all(_published(draft), _unpublished(draft)).subquery()


def matching(session: Session, search: BankSearch, bank: Subquery, *, on: date) -> Select[str]:
    """Return the codes of ``bank`` that ``search`` asks for, as a select to be added to."""
    figures = ItemStatistic
    conditions = [
        condition
        for condition in (
            _words(search.text, bank),
            *_fields(search, bank),
            _outdated(session, bank, on) if search.is_outdated else None,
            _double(bank) if search.is_double else None,
        )
        if condition is not None
    ]
    statement = select(bank.c.code).outerjoin(
        figures,
        and_(
            figures.question_version_id == bank.c.version_id,
            figures.scope == StatisticScope.ALL,
        ),
    )
    if conditions:
        statement = statement.where(or_(*conditions) if search.is_any else and_(*conditions))
    if search.module_code:
        statement = statement.where(bank.c.module_code == search.module_code)
    return statement


def _words(text: str, bank: Subquery) -> ColumnElement[bool] | None:
    alternatives = [and_(*(_term(term, bank) for term in terms)) for terms in parse_words(text)]
    return or_(*alternatives) if alternatives else None


def _term(term: Term, bank: Subquery) -> ColumnElement[bool]:
    found = bank.c.code.contains(term.code, autoescape=True)
    if term.words:
        found = or_(found, bank.c.search_text.contains(term.words, autoescape=True))
    return found if term.is_wanted else not_(found)


def _fields(search: BankSearch, bank: Subquery) -> list[ColumnElement[bool]]:
    plain = (
        (bank.c.type, search.types),
        (bank.c.level, search.levels),
        (bank.c.lesson, (search.lesson,) if search.lesson else ()),
        (bank.c.area, search.areas),
    )
    conditions: list[ColumnElement[bool]] = [
        column.in_(values) for column, values in plain if values
    ]
    for several in (
        [_labelled(bank, tag("skill", skill)) for skill in search.skills],
        [_labelled(bank, tag("cite", search.citation))] if search.citation else [],
        [_in_state(state, bank) for state in search.states],
        [_shows(sign) for sign in search.signs],
    ):
        conditions += [or_(*several)] if several else []
    return conditions


def _labelled(bank: Subquery, label: str) -> ColumnElement[bool]:
    return bank.c.tags.contains(label, autoescape=True)


def _in_state(state: BankState, bank: Subquery) -> ColumnElement[bool]:
    alive = bank.c.is_retired.is_not(true())
    return {
        BankState.RETIRED: bank.c.is_retired.is_(true()),
        BankState.NEW: and_(alive, bank.c.version_id.is_(None)),
        BankState.CHANGING: and_(
            alive, bank.c.version_id.is_not(None), bank.c.draft_id.is_not(None)
        ),
        BankState.PUBLISHED: and_(alive, bank.c.version_id.is_not(None), bank.c.draft_id.is_(None)),
    }[state]


def _shows(sign: Sign) -> ColumnElement[bool]:
    """Return the condition on statistics; advice in words may know more (rules.advise)."""
    it = ItemStatistic
    known = it.n >= LEAST_ADVISED
    leaked = it.question_version_id.in_(
        select(it.question_version_id)
        .where(it.scope == StatisticScope.ROUND, or_(it.drift >= ALARM, it.leak >= ALARM))
        .correlate(None)
    )
    inverse = and_(known, it.discrimination < 0, it.discrimination * it.discrimination * it.n > 1)
    single = {
        Sign.EASY: and_(known, it.facility > EASY),
        Sign.HARD: and_(known, it.facility < HARD),
        Sign.INVERSE: inverse,
        Sign.WEAK: and_(known, it.discrimination < WEAK, it.facility <= EASY),
        Sign.LEAKED: leaked,
        Sign.GOOD: and_(known, it.discrimination >= GOOD, it.facility.between(HARD, EASY)),
        Sign.FEW: func.coalesce(it.n, 0) < LEAST_SHOWN,
    }
    urgent = (Sign.EASY, Sign.HARD, Sign.INVERSE, Sign.WEAK, Sign.LEAKED)
    return or_(*(single[each] for each in urgent)) if sign is Sign.LOOK else single[sign]


def _outdated(session: Session, bank: Subquery, on: date) -> ColumnElement[bool]:
    codes = codes_no_longer_in_force(session, on)
    return or_(false(), *(_labelled(bank, tag("cite", code)) for code in codes))


def _double(bank: Subquery) -> ColumnElement[bool]:
    """Return the condition that another living question asks the same with the same choices."""
    every = everything()
    shared = (
        select(every.c.same_key)
        .where(every.c.is_retired.is_not(true()))
        .group_by(every.c.same_key)
        .having(func.count() > 1)
    )
    return and_(bank.c.same_key.in_(shared), bank.c.is_retired.is_not(true()))
