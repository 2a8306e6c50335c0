"""Many questions given another level, lesson, area or skills at once, by way of the reviewers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from elearn.assessment.models import Level
from elearn.authoring.catalogue.queries import Thing, find_thing
from elearn.authoring.drafts import services
from elearn.authoring.drafts.content import QuestionText, to_json
from elearn.authoring.drafts.policy import check_author
from elearn.authoring.drafts.queries import find_open_draft
from elearn.authoring.drafts.services import Place
from elearn.authoring.models import DraftKind, DraftOrigin
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean_line

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Labels:
    """What is to change: None keeps what a question has; an empty ``area`` takes it away."""

    level: str | None = None
    lesson: str | None = None
    area: str | None = None
    add_skills: tuple[str, ...] = ()
    drop_skills: tuple[str, ...] = ()

    def put_on(self, question: QuestionText) -> QuestionText:
        """Return ``question`` with these labels, its text as it is."""
        kept = [skill for skill in question.skills if skill not in self.drop_skills]
        added = [skill for skill in self.add_skills if skill not in kept]
        return replace(
            question,
            level=self.level or question.level,
            lesson=self.lesson or question.lesson,
            area=question.area if self.area is None else self.area or None,
            skills=tuple(sorted([*kept, *added])) if added or self.drop_skills else question.skills,
        )


@dataclass(slots=True)
class Retagged:
    """What became of each question, by code."""

    submitted: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)


def retag(
    actor: Actor, codes: Sequence[str], labels: Labels, note: str, *, now: datetime
) -> Retagged:
    """Open a draft with ``labels`` for each published question and send it to the reviewers.

    A question with an open draft is left alone (busy), as is one that is not published or whose
    module is not that of the lesson (unfit). Raises Invalid for no change, no or too many
    questions, an unknown level or lesson or no reason; Forbidden.
    """
    check_author(actor)
    reason = clean_line(note)
    _check(codes, labels, reason)
    result = Retagged()
    with transaction() as session:
        modules = _modules_of(session, labels.lesson)
        for code in sorted(set(codes)):
            _retag_one(session, actor, code, labels, reason, now, (modules, result))
        audit.record(
            session,
            actor,
            "bank.retag",
            ("questions", str(len(result.submitted))),
            at=now,
            details={"codes": result.submitted, "reason": reason},
        )
    return result


def _check(codes: Sequence[str], labels: Labels, reason: str) -> None:
    if not codes:
        raise Invalid("bank.none", N_("Hãy chọn ít nhất một câu hỏi."))
    if len(set(codes)) > MOST_AT_ONCE:
        raise Invalid(
            "bank.many", N_("Mỗi lần chỉ đổi nhãn được %(limit)s câu hỏi."), limit=MOST_AT_ONCE
        )
    if labels == Labels():
        raise Invalid("bank.nothing", N_("Hãy chọn ít nhất một nhãn cần đổi."))
    if labels.level is not None and labels.level not in Level.__members__:
        raise Invalid("bank.level", N_("Không có mức độ này."))
    if not reason:
        raise Invalid("bank.reason", N_("Hãy ghi lý do để người thẩm định biết."))


def _modules_of(session: Session, lesson: str | None) -> frozenset[str] | None:
    """Return the modules whose questions may go to ``lesson``; None: any."""
    if lesson is None:
        return None
    thing = find_thing(session, DraftKind.LESSON, lesson)
    if thing is None or thing.is_retired or thing.number is None:
        raise Invalid("bank.lesson", N_("Không có bài học này."))
    return frozenset({thing.module_code})


def _retag_one(
    session: Session,
    actor: Actor,
    code: str,
    labels: Labels,
    reason: str,
    now: datetime,
    ground: tuple[frozenset[str] | None, Retagged],
) -> None:
    modules, result = ground
    services.lock_place(session, DraftKind.QUESTION, code)
    thing = find_thing(session, DraftKind.QUESTION, code)
    content = _text_of(thing, modules)
    if thing is None or content is None:
        result.unfit.append(code)
    elif any(find_open_draft(session, DraftKind.QUESTION, code, each) for each in DraftOrigin):
        result.busy.append(code)
    elif to_json(changed := labels.put_on(content)) == to_json(content):
        result.unchanged.append(code)
    else:
        place = Place(DraftKind.QUESTION, code, thing.module_code, thing.number)
        draft = services.open_draft(session, place, changed, actor=actor, now=now)
        services.submit(session, draft, reason, actor=actor, now=now)
        result.submitted.append(code)


def _text_of(thing: Thing | None, modules: frozenset[str] | None) -> QuestionText | None:
    """Return the published text of a living question of ``modules``, else None."""
    if thing is None or thing.is_retired or not isinstance(thing.content, QuestionText):
        return None
    if modules is not None and thing.module_code not in modules:
        return None
    return thing.content
