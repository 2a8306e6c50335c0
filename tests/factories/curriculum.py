"""The smallest valid rows of what is taught; each is committed at once."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.curriculum.models import (
    ExclusionRule,
    GroupRule,
    LegalDocument,
    Lesson,
    LessonVersion,
    Module,
    PathItem,
    Programme,
    Target,
    TargetGroup,
)
from elearn.kernel.clock import utc_now

_numbers = count(1)
EVERYBODY = [{"duties": ["PAR_FOCAL", "ONE_STOP"], "unit_kinds": []}]


def make_legal_document(session: Session, code: str | None = None, **fields: Any) -> LegalDocument:
    """Add a document in force since 2021."""
    name = code or f"{next(_numbers)}-QD-UBND-2021"
    values: dict[str, Any] = {
        "number": name.replace("-2021", "").replace("-", "/", 1),
        "type": "Quyết định",
        "issuer": "Ủy ban nhân dân tỉnh Thử",
        "issued_on": date(2021, 2, 2),
        "title": f"Văn bản thử {name}",
        "in_force_from": date(2021, 2, 2),
        "in_force_to": None,
        "status": "IN_FORCE",
        "replaced_by": [],
    }
    document = LegalDocument(code=name, **{**values, **fields})
    session.add(document)
    session.commit()
    return document


def make_module(
    session: Session, code: str | None = None, *, test_paper_code: str | None = None
) -> Module:
    """Add a module without lessons."""
    number = next(_numbers)
    name = code or f"m{number}"
    module = Module(
        code=name,
        folder=f"{number:02d}-{name}",
        position=number,
        title=f"Chuyên đề {name}",
        summary="Tóm tắt chuyên đề thử.",
        areas=[],
        skills=["S1"],
        audience=["Mọi nhóm đối tượng"],
        test_paper_code=test_paper_code,
    )
    session.add(module)
    session.commit()
    return module


def make_lesson(
    session: Session,
    module: Module,
    code: str | None = None,
    *,
    title: str | None = None,
    html: str = '<h2 id="s-mo-dau">Mở đầu</h2>\n<p>Nội dung bài thử.</p>',
    check_codes: tuple[str, ...] = (),
) -> Lesson:
    """Add a lesson at the end of ``module`` with one published version."""
    position = 1 + (
        session.scalar(
            select(func.count()).select_from(Lesson).where(Lesson.module_id == module.id)
        )
        or 0
    )
    name = code or f"l{next(_numbers)}"
    lesson = Lesson(
        code=name,
        module_id=module.id,
        file_name=f"{position:02d}-{name}.md",
        position=position,
    )
    session.add(lesson)
    session.flush()
    checks = "".join(f'<div class="check" data-check="{item}"></div>\n' for item in check_codes)
    make_lesson_version(
        session, lesson, title=title, html=f"{html}\n{checks}", check_codes=check_codes
    )
    return lesson


def make_lesson_version(
    session: Session,
    lesson: Lesson,
    *,
    title: str | None = None,
    html: str = '<h2 id="s-mo-dau">Mở đầu</h2>\n<p>Nội dung bài thử.</p>',
    check_codes: tuple[str, ...] = (),
) -> LessonVersion:
    """Publish one more version of ``lesson``."""
    number = 1 + (
        session.scalar(
            select(func.count())
            .select_from(LessonVersion)
            .where(LessonVersion.lesson_id == lesson.id)
        )
        or 0
    )
    checks = "".join(f"\n:::check {item}\n" for item in check_codes)
    version = LessonVersion(
        lesson_id=lesson.id,
        number=number,
        title=title or f"Bài {lesson.code}",
        minutes=15,
        outcomes=[{"text": "Nêu được nội dung bài thử", "level": "RECALL"}],
        skills=["S1"],
        audience=["Mọi nhóm đối tượng"],
        facts=[],
        citations=[],
        in_force_as_of=date(2026, 6, 30),
        body=f"## Mở đầu\n\nNội dung bài thử.\n{checks}",
        html=html,
        headings=[{"id": "s-mo-dau", "text": "Mở đầu", "level": "2"}],
        check_codes=list(check_codes),
        published_at=utc_now(),
    )
    session.add(version)
    session.flush()
    lesson.published_version_id = version.id
    session.commit()
    return version


def make_programme(
    session: Session,
    code: str | None = None,
    *,
    modules: tuple[Module, ...] = (),
    groups: dict[str, list[dict[str, list[str]]]] | None = None,
    scope_unit_code: str = "T",
    period_from: date = date(2021, 1, 1),
    period_to: date | None = date(2025, 12, 31),
    validity_months: int | None = None,
    exclusions: ExclusionRule = ExclusionRule.OUT,
) -> Programme:
    """Add a programme: all of ``modules`` required of all groups, one target of 100 %.

    ``groups`` maps a group code to the clauses of its one open rule since ``period_from``; by
    default there is G1, everybody with a duty.
    """
    name = code or f"chuong-trinh-{next(_numbers)}"
    programme = Programme(
        code=name,
        title=f"Chương trình {name}",
        legal_basis=[],
        scope_unit_code=scope_unit_code,
        period_from=period_from,
        period_to=period_to,
        completion={"require": "ALL_REQUIRED_MODULES"},
        validity_months=validity_months,
        exclusions=exclusions,
        certificate={
            "kind": "STATEMENT",
            "title": "Giấy chứng nhận hoàn thành",
            "issuer": "Sở Nội vụ tỉnh Thử",
            "series": "GCN",
        },
    )
    session.add(programme)
    session.flush()
    for position, (group_code, clauses) in enumerate((groups or {"G1": EVERYBODY}).items(), 1):
        make_group(session, programme, group_code, clauses, position=position)
    for position, module in enumerate(modules, 1):
        session.add(
            PathItem(
                programme_id=programme.id,
                module_id=module.id,
                position=position,
                group_codes=["ALL"],
                required=True,
            )
        )
    session.add(
        Target(
            programme_id=programme.id,
            measure="TRAINED",
            group_code="ALL",
            percent=Decimal(100),
            above=False,
            by=period_to or date(2030, 12, 31),
        )
    )
    session.commit()
    return programme


def make_group(
    session: Session,
    programme: Programme,
    code: str,
    clauses: list[dict[str, list[str]]],
    *,
    position: int = 1,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> TargetGroup:
    """Add a group with one rule."""
    group = TargetGroup(
        programme_id=programme.id, code=code, name=f"Nhóm {code}", position=position
    )
    session.add(group)
    session.flush()
    session.add(
        GroupRule(
            group_id=group.id,
            valid_from=valid_from or programme.period_from,
            valid_to=valid_to,
            citation=None,
            clauses=clauses,
        )
    )
    session.commit()
    return group
