"""Practising: a person's own daily review of what he has learnt and missed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from elearn.assessment.domain.draw import option_orders
from elearn.assessment.domain.question_types import Explained, Fields, Presented, type_of
from elearn.assessment.practice import queries, rules, services
from elearn.assessment.practice.models import Recall
from elearn.assessment.practice.queries import Asked, ModuleUse, Reviewed, Today
from elearn.curriculum.queries import list_modules
from elearn.infra.db import reading, transaction
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import end_of_local_day, local_day
from elearn.kernel.errors import N_, Conflict, Forbidden
from elearn.org.scope import scope_for
from elearn.progress.queries import list_finished_checks

USE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a person today, and the question to answer next."""

    today: Today
    asked: Asked | None
    shown: Presented | None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer given: the question explained, and what its giver may say of it."""

    review: Reviewed
    explained: Explained
    may_say: tuple[Recall, ...]
    left: int


def _person_of(actor: Actor) -> int:
    if actor.person_id is None:
        raise Forbidden(
            "access.no_person",
            N_("Tài khoản này không gắn với hồ sơ cán bộ nào nên không thể học hoặc làm bài."),
        )
    return actor.person_id


def _midnight_before(now: datetime) -> datetime:
    return end_of_local_day(local_day(now) - timedelta(days=1))


def open_desk(actor: Actor, *, now: datetime) -> Desk:
    """Return the actor's review of today; what he has learnt or missed since has joined it."""
    person_id = _person_of(actor)
    _let_join(person_id, now)
    with reading() as session:
        since = _midnight_before(now)
        today = queries.get_today(session, person_id, now=now, since=since)
        asked = queries.next_card(session, person_id, now=now, with_new=today.new > 0)
    return Desk(today, asked, None if asked is None else _shown(asked, now))


def _shown(asked: Asked, now: datetime) -> Presented:
    """Return the question without its key, its options in an order of the card and the day."""
    kind = type_of(asked.type)
    seed = f"{asked.card_id}/{local_day(now)}"
    (order,) = option_orders([kind.option_ids(asked.body)], seed, shuffle=True)
    return kind.present(asked.rendered, order)


def _let_join(person_id: int, now: datetime) -> None:
    with reading() as session:
        checks = list_finished_checks(session, person_id)
        found = queries.list_candidates(session, person_id, checks, now=now)
    if not found:
        return
    try:
        with transaction() as session:
            services.add_cards(session, person_id, found, now=now)
    except IntegrityError:
        # Two tabs opened the page at the same moment; the other one has added them.
        return


def answer(actor: Actor, card_id: int, version_id: int, fields: Fields, *, now: datetime) -> int:
    """Judge the form ``fields`` as the actor's answer to a card; return the review's id.

    Raises NotFound for the cards of others, Invalid, Conflict when the question has been worded
    anew since it was shown.
    """
    person_id = _person_of(actor)
    with transaction() as session:
        asked = queries.get_card(session, person_id, card_id)
        if asked.version_id != version_id:
            raise Conflict(
                "practice.changed",
                N_("Câu hỏi vừa được sửa trong lúc bạn trả lời. Mời bạn đọc lại và trả lời."),
            )
        value = type_of(asked.type).parse_form(asked.body, fields)
        return services.answer(session, asked, value, now=now)


def tell(actor: Actor, review_id: int, *, now: datetime) -> Told:
    """Return what came of an answer of the actor. Raises NotFound for those of others."""
    person_id = _person_of(actor)
    with reading() as session:
        review = queries.get_review(session, person_id, review_id)
        since = _midnight_before(now)
        today = queries.get_today(session, person_id, now=now, since=since)
    asked = review.asked
    explained = type_of(asked.type).explain(asked.body, asked.rendered, review.value)
    may_say = rules.may_say(review.share) if review.is_last else ()
    return Told(review, explained, may_say, today.left)


def say_recall(actor: Actor, review_id: int, recall: Recall) -> None:
    """Plan a card by how hard the actor says it was. Raises NotFound, Conflict, Invalid."""
    person_id = _person_of(actor)
    with transaction() as session:
        review = queries.get_review(session, person_id, review_id)
        services.say_recall(session, review_id, review.asked.card_id, recall)


def show_use(actor: Actor, *, now: datetime) -> list[tuple[str, ModuleUse]]:
    """Return (title of a module, how the actor's units practise it), five people or more."""
    scope = scope_for(actor, Role.HR, Role.LEADER, Role.PROGRAMME_OFFICER, day=local_day(now))
    with reading() as session:
        use = queries.list_use(session, scope, since=now - timedelta(days=USE_DAYS))
        titles = {module.code: module.title for module in list_modules(session)}
    return [(titles.get(row.module_code, row.module_code), row) for row in use]
