"""A programme with groups by clauses, and completions of it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from elearn.curriculum.models import ExclusionRule, GroupRule, Programme, Target, TargetGroup
from elearn.kernel.clock import utc_now
from elearn.org.models import Exclusion, ExclusionReason, Person, Unit
from elearn.progress.models import CompletionSource, ProgrammeCompletion

Clauses = list[dict[str, list[str]]]
START = date(2011, 1, 1)


def programme_of(
    session: Session,
    scope: Unit,
    groups: dict[str, Clauses],
    *,
    code: str = "thu-nghiem",
    exclusions: ExclusionRule = ExclusionRule.OUT,
) -> Programme:
    """Add a programme whose groups hold the people that match ``groups[code]``."""
    programme = Programme(
        code=code,
        title="Chương trình thử",
        legal_basis=[],
        scope_unit_code=scope.code,
        period_from=START,
        completion={"require": "ALL_REQUIRED_MODULES"},
        exclusions=exclusions,
        certificate={},
    )
    session.add(programme)
    session.flush()
    for position, (name, clauses) in enumerate(groups.items()):
        group = TargetGroup(
            programme_id=programme.id, code=name, name=f"Nhóm {name}", position=position
        )
        session.add(group)
        session.flush()
        session.add(GroupRule(group_id=group.id, valid_from=START, clauses=clauses))
    session.commit()
    return programme


def target_of(
    session: Session, programme: Programme, percent: int, by: date, group: str = "ALL"
) -> None:
    """Add a target of ``percent`` to be reached by the day ``by``."""
    session.add(
        Target(
            programme_id=programme.id,
            measure="TRAINED",
            group_code=group,
            percent=percent,
            above=False,
            by=by,
        )
    )
    session.commit()


def trained(
    session: Session,
    person: Person,
    programme: Programme,
    on: date,
    *,
    unit: Unit | None = None,
    expires_on: date | None = None,
    recorded_at: datetime | None = None,
) -> ProgrammeCompletion:
    """Record that ``person`` completed ``programme`` on a day."""
    row = ProgrammeCompletion(
        person_id=person.id,
        programme_id=programme.id,
        completed_on=on,
        expires_on=expires_on,
        unit_id=unit.id if unit else None,
        group_codes=[],
        source=CompletionSource.CLASS,
        recorded_at=recorded_at or utc_now(),
    )
    session.add(row)
    session.commit()
    return row


def excluded(
    session: Session, person: Person, valid_from: date, valid_to: date | None = None
) -> Exclusion:
    """Record that ``person`` is on long leave."""
    row = Exclusion(
        person_id=person.id,
        reason=ExclusionReason.LONG_LEAVE,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=utc_now(),
    )
    session.add(row)
    session.commit()
    return row
