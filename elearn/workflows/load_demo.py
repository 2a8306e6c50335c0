"""The synthetic province, and accounts to look at it with; never run it beside real people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.accounts.services import NewUser
from elearn.assessment.rounds.models import RoundKind
from elearn.assessment.rounds.policy import Draft
from elearn.assessment.rounds.queries import find_paper_id, list_rounds_of
from elearn.assessment.rounds.services import add_round
from elearn.certificates.issuers import NewProfile, add_profile, list_issuers
from elearn.certificates.queries import Reach
from elearn.infra.db import reading, transaction
from elearn.kernel.actor import SYSTEM, Role
from elearn.kernel.temporal import Span
from elearn.org.grants import NewGrant
from elearn.org.models import Person
from elearn.org.queries import get_unit
from elearn.org.scope import UnitScope
from elearn.roster.synthetic.cast import demo_cast
from elearn.roster.synthetic.generator import Row, build
from elearn.workflows import import_roster
from elearn.workflows.import_roster import ImportReport, Progress
from elearn.workflows.manage_rounds import freeze
from elearn.workflows.manage_users import create_account_with_password

PASSWORD = "cung-hoc-cai-cach"  # noqa: S105 - printed for everybody who runs the demo
OFFICIALS, SEED = 600, 20250701
PROVINCE = "SL"
# Who sits the survey of the demo, and which paper.
SURVEY_GROUP, SURVEY_PAPER = ("son-la-2021-2025", "TG3"), "khao-sat-mot-cua"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo, with what it is there to show."""

    username: str
    role: Role
    unit_code: str
    description: str


def load(
    officials: int, seed: int, *, today: date, now: datetime, progress: Progress | None = None
) -> ImportReport:
    """Import the province and make the demo accounts; running it again adds what is new.

    With any problem (another province is there already) nothing is imported and no account made.
    """
    rows: Iterator[tuple[str, Row]] = build(officials, seed, today)
    report = import_roster.run(SYSTEM, rows, dry_run=False, now=now, progress=progress)
    if report.applied:
        _make_accounts(today, now)
        _name_signer(today, now)
        _plan_survey(today, now)
    return report


def _plan_survey(today: date, now: datetime) -> None:
    """Hold a survey of all one-stop staff, open for a week, where its paper has been loaded."""
    with transaction() as session:
        paper_id = find_paper_id(session, SURVEY_PAPER)
        if paper_id is None or list_rounds_of(session, paper_id):
            return
        draft = Draft(
            title="Khảo sát kiến thức Bộ phận Một cửa toàn tỉnh",
            kind=RoundKind.SURVEY,
            unit_id=get_unit(session, PROVINCE, today).id,
            paper_id=paper_id,
            opens_at=now - timedelta(hours=1),
            closes_at=now + timedelta(days=7),
            roster_on=today,
            attempts=1,
            needs_ticket=False,
            slot_minutes=None,
            forecast_question=None,
            groups=(SURVEY_GROUP,),
        )
        found = add_round(session, draft, created_by=None, now=now)
        freeze(session, SYSTEM, found, now)


def _name_signer(today: date, now: datetime) -> None:
    """Let the demo programme's certificates name the (invented) head of the issuing department."""
    with transaction() as session:
        province = UnitScope(frozenset({get_unit(session, PROVINCE, today).id}), today)
        reach = Reach(today, people=province, programmes=province)
        for known in list_issuers(session, reach):
            if not known.profiles:
                add_profile(session, SYSTEM, _signer(known.issuer, today), now=now)


def _signer(issuer: str, today: date) -> NewProfile:
    return NewProfile(
        issuer=issuer,
        superior="UBND TỈNH SƠN LA",
        place="Sơn La",
        signer_title="GIÁM ĐỐC",
        signer_name="Trần Văn Mẫu Chính",
        valid_from=today,
    )


def _make_accounts(today: date, now: datetime) -> None:
    for username, role, person_code, unit_code, description in demo_cast(today):
        with reading() as session:
            person = _find_person(session, person_code)
            unit_id = get_unit(session, unit_code, today).id
        new = NewUser(
            username,
            person.full_name if person else description,
            person.id if person else None,
        )
        grant = NewGrant(Role(role), unit_id, Span(today))
        create_account_with_password(SYSTEM, new, PASSWORD, [grant], now=now)


def _find_person(session: Session, code: str | None) -> Person | None:
    return session.scalars(select(Person).where(Person.code == code)).one_or_none()


def list_accounts(session: Session, today: date) -> list[DemoAccount]:
    """Return the demo accounts that are there, in the order of the tour."""
    cast = demo_cast(today)
    there = set(
        session.scalars(select(User.username).where(User.username.in_([one[0] for one in cast])))
    )
    return [
        DemoAccount(username, Role(role), unit_code, description)
        for username, role, _, unit_code, description in cast
        if username in there
    ]
