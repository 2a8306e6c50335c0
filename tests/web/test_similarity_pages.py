"""Signs of shared answers: the officer of the round alone, after its end, every look recorded."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, PaperVersion
from elearn.assessment.rounds.models import Round, RoundExaminee
from elearn.assessment.statistics.models import AnswerSimilarity
from elearn.infra.models import AuditEntry, Job
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.org.models import Unit, UnitKind
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import make_device, sit
from tests.factories.org import grant, make_person, make_unit, make_user
from tests.factories.statistics import make_held_round
from tests.support.accounts import Visitor
from tests.support.elements import text_of
from tests.support.statements import recorded

QUESTIONS = 14


class Scene:
    """A closed round of a commune: two people gave the same wrong answers, others did not."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.province = make_unit(session, "T", kind=UnitKind.PROVINCE)
        self.commune = make_unit(session, "X", kind=UnitKind.COMMUNE, parent=self.province)
        codes = [f"q{number}" for number in range(QUESTIONS)]
        for code in codes:
            make_question(session, code)
        paper = make_paper(session, "de", sections=[{"title": "Chung", "questions": codes}])
        version = session.get_one(PaperVersion, paper.published_version_id)
        self.held = make_held_round(
            session, version, closes_at=utc_now() - timedelta(days=1), unit=self.province
        )
        random = Random(5)  # noqa: S311 - repeatable answers, no secret
        for number in range(6):
            self.sit(f"Người Mẫu {number}", "".join(random.choices("bcd", k=QUESTIONS)))
        copied = "bdcbdcbcdbcdbd"
        for name in ("Lò Thử Một", "Vì Thử Hai"):
            self.sit(name, copied)

    def sit(self, name: str, letters: str) -> None:
        """Let somebody of the commune sit the paper in the round."""
        person = make_person(self.session, full_name=name)
        device = make_device(self.session, make_user(self.session, person=person))
        answers = {f"q{place}": letter for place, letter in enumerate(letters)}
        attempt_id = sit(self.session, "de", answers, device=device)
        self.session.execute(
            update(Attempt).where(Attempt.id == attempt_id).values(round_id=self.held.id)
        )
        self.session.add(
            RoundExaminee(
                round_id=self.held.id,
                person_id=person.id,
                unit_id=self.commune.id,
                starts_at=self.held.opens_at,
                ends_at=self.held.closes_at,
            )
        )
        self.session.commit()

    @property
    def address(self) -> str:
        return f"/officer/rounds/{self.held.id}/similarity"


@pytest.fixture
def scene(session: Session) -> Scene:
    return Scene(session)


def officer(session: Session, visitor: Visitor, unit: Unit) -> FlaskClient:
    user = make_user(session)
    grant(session, user, Role.PROGRAMME_OFFICER, unit)
    return visitor.as_user(user)


def test_pairs_are_found_in_the_background_and_shown_with_a_warning(
    session: Session, visitor: Visitor, scene: Scene, run_jobs: Callable[[], int]
) -> None:
    client = officer(session, visitor, scene.province)
    assert "chưa tìm" in text_of(client.get(scene.address).text)
    client.post(scene.address)
    run_jobs()
    job = session.scalars(select(Job).where(Job.kind == "assessment.similarity")).one()
    assert job.result == {"round_id": scene.held.id, "pairs": 1}
    after = client.get(f"/officer/similarity/jobs/{job.id}")
    assert after.headers["Location"] == scene.address
    said = text_of(client.get(scene.address).text)
    assert "Lò Thử Một Vì Thử Hai" in said
    assert "không chứng minh được điều gì" in said
    assert "Người Mẫu" not in said


def test_finding_again_replaces_what_was_found(
    session: Session, visitor: Visitor, scene: Scene, run_jobs: Callable[[], int]
) -> None:
    client = officer(session, visitor, scene.province)
    for _ in range(2):
        client.post(scene.address)
        run_jobs()
    session.rollback()
    assert len(session.scalars(select(AnswerSimilarity)).all()) == 1


def test_every_look_is_recorded(session: Session, visitor: Visitor, scene: Scene) -> None:
    client = officer(session, visitor, scene.province)
    client.get(scene.address)
    client.post(scene.address)
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert [act for act in acts if act.startswith("statistics.")] == [
        "statistics.similar", "statistics.compare",
    ]  # fmt: skip


def test_a_page_of_pairs_costs_few_statements(
    session: Session, visitor: Visitor, scene: Scene
) -> None:
    client = officer(session, visitor, scene.province)
    client.get(scene.address)
    with recorded() as statements:
        client.get(scene.address)
    assert len(statements) <= 10


def test_a_round_that_runs_has_no_signs(session: Session, visitor: Visitor, scene: Scene) -> None:
    session.execute(update(Round).values(closed_at=None))
    session.commit()
    client = officer(session, visitor, scene.province)
    assert client.get(scene.address).status_code == 409
    assert client.post(scene.address).status_code == 409
    assert session.scalars(select(Job.kind)).all() == []


def test_others_do_not_see_that_there_is_a_round(
    session: Session, visitor: Visitor, scene: Scene
) -> None:
    client = officer(session, visitor, scene.commune)
    assert client.get(scene.address).status_code == 404
    assert client.post(scene.address).status_code == 404
    author = make_user(session)
    grant(session, author, Role.AUTHOR, scene.province)
    assert visitor.as_user(author).get(scene.address).status_code == 403
