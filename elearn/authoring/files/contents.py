"""From the shapes of files to what is published, and to the digests that tell changes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from elearn.assessment.content import PaperContent, QuestionContent
from elearn.assessment.formats.papers import PaperFile
from elearn.assessment.formats.questions import QuestionFile
from elearn.assessment.models import FeedbackRule, Level, PaperKind
from elearn.authoring.files.shapes import LegalEntry, LessonFront, ModuleFile, ProgrammeFile
from elearn.authoring.files.texts import tidy
from elearn.curriculum.content import (
    GroupContent,
    LegalContent,
    LessonContent,
    ModuleContent,
    PathContent,
    ProgrammeContent,
    RuleContent,
    TargetContent,
)


def legal_content(entry: LegalEntry) -> LegalContent:
    """Return a legal document as it is published."""
    return LegalContent(**entry.model_dump())


def module_content(file: ModuleFile, folder: str, position: int) -> ModuleContent:
    """Return the module in ``folder``."""
    values = file.model_dump()
    return ModuleContent(
        **{key: value for key, value in values.items() if key != "test"},
        test_paper_code=file.test,
        folder=folder,
        position=position,
    )


def lesson_content(front: LessonFront, body: str) -> LessonContent:
    """Return a lesson as it is published."""
    values = front.model_dump()
    return LessonContent(code=values.pop("id"), body=body, **values)


def programme_content(file: ProgrammeFile) -> ProgrammeContent:
    """Return a programme as it is published."""
    return ProgrammeContent(
        code=file.code,
        title=file.title,
        legal_basis=file.legal_basis,
        scope_unit_code=file.scope_unit,
        period_from=file.period.from_,
        period_to=file.period.to,
        groups=[
            GroupContent(
                group.code,
                group.name,
                [
                    RuleContent(
                        rule.valid_from,
                        rule.valid_to,
                        rule.citation,
                        [_values(one.model_dump(exclude_none=True)) for one in rule.any],
                    )
                    for rule in group.rules
                ],
            )
            for group in file.groups
        ],
        targets=[
            TargetContent(item.measure, item.group, item.percent, item.above, item.by)
            for item in file.targets
        ],
        path=[PathContent(item.module, item.groups, item.required) for item in file.path],
        completion=file.completion.model_dump(),
        validity_months=file.validity_months,
        exclusions=file.exclusions,
        certificate=file.certificate.model_dump(),
    )


def _values(clause: Mapping[str, list[Enum]]) -> dict[str, list[str]]:
    return {key: [str(member.value) for member in members] for key, members in clause.items()}


def question_content(file: QuestionFile, bank: str) -> QuestionContent:
    """Return a question of the bank file ``bank`` as it is published."""
    header = file.header
    return QuestionContent(
        code=header.id,
        type=file.type,
        level=Level(header.level),
        module_code=header.module or bank,
        lesson_code=header.lesson,
        area=header.area,
        skills=header.skills,
        facts=header.facts,
        citations=header.citations,
        points=file.points,
        body=_stored(file.body),
    )


def paper_content(file: PaperFile) -> PaperContent:
    """Return a paper as it is published."""
    return PaperContent(
        code=file.code,
        title=file.title,
        kind=PaperKind(file.kind),
        time_limit_minutes=file.time_limit_minutes,
        attempts=file.attempts,
        cooldown_hours=file.cooldown_hours,
        pass_percent=file.pass_percent,
        shuffle=file.shuffle,
        feedback=FeedbackRule(file.feedback),
        sections=file.plain_sections(),
    )


def _stored(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return ``value`` as JSON keeps it: numbers with a point as text, no empty feedback."""
    if isinstance(value, Mapping):
        # A number without a unit says so: the shape asks for the key.
        return {
            key: _stored(item) for key, item in value.items() if item is not None or key == "unit"
        }
    if isinstance(value, list):
        return [_stored(item) for item in value]
    return number_text(value) if isinstance(value, Decimal) else value


def number_text(number: Decimal) -> str:
    """Return ``number`` without trailing zeros: 1, 0.5."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def lesson_digest(content: LessonContent, pictures: list[list[str]]) -> str:
    """Return the digest of a lesson with the (name, address) pairs of its pictures."""
    return digest(replace(content, body=tidy(content.body)), pictures)


def digest(content: Any, *more: object) -> str:  # noqa: ANN401 - any of the content dataclasses
    """Return the SHA-256 of what ``content`` says, the same for a file and for its database row."""
    values = content if isinstance(content, Mapping) else asdict(content)
    text = json.dumps([values, *more], default=_plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
