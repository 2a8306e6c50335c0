"""Writes of programmes: groups with their dated rules, targets, path."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from elearn.curriculum.content import (
    GroupContent,
    PathContent,
    ProgrammeContent,
    RuleContent,
    TargetContent,
)
from elearn.curriculum.models import (
    GroupRule,
    Module,
    PathItem,
    Programme,
    Target,
    TargetGroup,
)

_OWNED = ("groups", "targets", "path")


def upsert_programme(session: Session, content: ProgrammeContent) -> str:
    """Write a programme with all it owns; return ``created``, ``updated`` or ``unchanged``.

    Modules on the path must be there already.
    """
    programme = session.scalars(
        select(Programme).where(Programme.code == content.code)
    ).one_or_none()
    if programme is not None and programme_content(session, programme) == content:
        return "unchanged"
    done = "created" if programme is None else "updated"
    programme = programme or Programme(code=content.code)
    for name, value in asdict(content).items():
        if name not in _OWNED:
            setattr(programme, name, value)
    session.add(programme)
    session.flush()
    _write_groups(session, programme.id, content.groups)
    _write_targets(session, programme.id, content.targets)
    _write_path(session, programme.id, content.path)
    session.flush()
    return done


def _write_groups(session: Session, programme_id: int, groups: Iterable[GroupContent]) -> None:
    rows = {
        group.code: group
        for group in session.scalars(
            select(TargetGroup).where(TargetGroup.programme_id == programme_id)
        )
    }
    for position, content in enumerate(groups, 1):
        group = rows.pop(content.code, None) or TargetGroup(
            programme_id=programme_id, code=content.code
        )
        group.name, group.position = content.name, position
        session.add(group)
        session.flush()
        session.execute(delete(GroupRule).where(GroupRule.group_id == group.id))
        session.add_all(GroupRule(group_id=group.id, **asdict(rule)) for rule in content.rules)
    gone = [group.id for group in rows.values()]
    session.flush()
    session.execute(delete(GroupRule).where(GroupRule.group_id.in_(gone)))
    session.execute(delete(TargetGroup).where(TargetGroup.id.in_(gone)))


def _write_targets(session: Session, programme_id: int, targets: Iterable[TargetContent]) -> None:
    session.execute(delete(Target).where(Target.programme_id == programme_id))
    session.add_all(Target(programme_id=programme_id, **asdict(target)) for target in targets)


def _write_path(session: Session, programme_id: int, path: Iterable[PathContent]) -> None:
    module_ids = {row.code: row.id for row in session.execute(select(Module.code, Module.id))}
    session.execute(delete(PathItem).where(PathItem.programme_id == programme_id))
    session.add_all(
        PathItem(
            programme_id=programme_id,
            module_id=module_ids[item.module_code],
            position=position,
            group_codes=item.group_codes,
            required=item.required,
        )
        for position, item in enumerate(path, 1)
    )


def programme_content(session: Session, programme: Programme) -> ProgrammeContent:
    """Return ``programme`` with all it owns, as it was written."""
    return ProgrammeContent(
        code=programme.code,
        title=programme.title,
        legal_basis=programme.legal_basis,
        scope_unit_code=programme.scope_unit_code,
        period_from=programme.period_from,
        period_to=programme.period_to,
        groups=_groups(session, programme.id),
        targets=_targets(session, programme.id),
        path=_path(session, programme.id),
        completion=programme.completion,
        validity_months=programme.validity_months,
        exclusions=programme.exclusions,
        certificate=programme.certificate,
    )


def _groups(session: Session, programme_id: int) -> list[GroupContent]:
    rules: dict[int, list[RuleContent]] = {}
    rows = session.scalars(
        select(GroupRule)
        .join(TargetGroup, GroupRule.group_id == TargetGroup.id)
        .where(TargetGroup.programme_id == programme_id)
        .order_by(GroupRule.id)
    )
    for rule in rows:
        rules.setdefault(rule.group_id, []).append(
            RuleContent(rule.valid_from, rule.valid_to, rule.citation, rule.clauses)
        )
    groups = session.scalars(
        select(TargetGroup)
        .where(TargetGroup.programme_id == programme_id)
        .order_by(TargetGroup.position)
    )
    return [GroupContent(group.code, group.name, rules.get(group.id, [])) for group in groups]


def _targets(session: Session, programme_id: int) -> list[TargetContent]:
    rows = session.scalars(
        select(Target).where(Target.programme_id == programme_id).order_by(Target.id)
    )
    return [
        TargetContent(row.measure, row.group_code, row.percent, row.above, row.by) for row in rows
    ]


def _path(session: Session, programme_id: int) -> list[PathContent]:
    rows = session.execute(
        select(PathItem, Module.code)
        .join(Module, PathItem.module_id == Module.id)
        .where(PathItem.programme_id == programme_id)
        .order_by(PathItem.position)
    )
    return [PathContent(code, item.group_codes, item.required) for item, code in rows]
