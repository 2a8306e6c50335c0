"""What is stored of questions and read by others."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.assessment.models import Question
from elearn.assessment.statistics.models import StatisticScope
from elearn.assessment.statistics.queries import Observed, observed_facilities
from tests.factories.assessment import make_question
from tests.factories.statistics import make_item_statistic


def version_of(question: Question) -> int:
    assert question.published_version_id is not None
    return question.published_version_id


def test_observed_facilities_are_those_of_everybody(session: Session) -> None:
    asked = version_of(make_question(session))
    unseen = version_of(make_question(session))
    make_item_statistic(session, asked, n=40, facility=0.75)
    make_item_statistic(session, asked, n=10, facility=0.2, scope=StatisticScope.ROUND, scope_id=7)

    assert observed_facilities(session, [asked, unseen]) == {asked: Observed(0.75, 40)}


def test_a_version_has_one_row_per_scope(session: Session) -> None:
    asked = version_of(make_question(session))
    make_item_statistic(session, asked)

    with pytest.raises(IntegrityError):
        make_item_statistic(session, asked)
    session.rollback()
