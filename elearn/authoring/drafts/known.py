"""What drafts may refer to, and in what context they are rendered: reads."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.question_types import TYPES
from elearn.assessment.models import Question, QuestionVersion
from elearn.authoring.drafts.checks import Known
from elearn.curriculum.legal import Register
from elearn.curriculum.media import current_media, pictures_of
from elearn.curriculum.models import Lesson, Module
from elearn.infra.richtext_syntax import Context, Picture


def read_known(session: Session, register: Register, pictures: dict[str, Picture]) -> Known:
    """Return what a text of the module with ``pictures`` may refer to."""
    questions = session.scalars(
        select(Question.code)
        .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .where(Question.retired_at.is_(None), QuestionVersion.type.in_(TYPES))
    )
    lessons = session.scalars(
        select(Lesson.code).where(
            Lesson.published_version_id.is_not(None), Lesson.retired_at.is_(None)
        )
    )
    return Known(
        documents=frozenset(register.documents),
        lessons=frozenset(lessons),
        questions=frozenset(questions),
        pictures=frozenset(pictures),
    )


def read_pictures(session: Session, module_code: str) -> dict[str, Picture]:
    """Return the pictures of the module by name; none for an unknown module."""
    module_id = session.scalar(select(Module.id).where(Module.code == module_code))
    if module_id is None:
        return {}
    return pictures_of(current_media(session, [module_id]).get(module_id, {}))


def question_context(register: Register, pictures: dict[str, Picture]) -> Context:
    """Return what a question is rendered in: citations stay as they are at publication."""
    return Context(cite=register.cite_plainly, picture=pictures.get)
