"""Pages about certificates stay under a ceiling of SQL statements, however long the lists are."""

import pytest
from sqlalchemy.orm import Session

from elearn.kernel.actor import Role
from elearn.org.models import UnitKind
from tests.factories.certificates import make_certificate, make_completion
from tests.factories.curriculum import make_programme
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor
from tests.support.statements import recorded


@pytest.mark.parametrize(
    ("path", "ceiling"),
    [
        ("/certificates", 2),
        ("/hr/certificates", 6),
        ("/officer/certificates", 5),
        ("/officer/certificates/pending", 3),
        ("/verify/{code}", 2),
        ("/certificates/{serial}.pdf", 4),
    ],
)
def test_pages_stay_under_their_ceiling(
    session: Session, visitor: Visitor, path: str, ceiling: int
) -> None:
    province = make_unit(session, "T", kind=UnitKind.PROVINCE)
    programme = make_programme(session)
    people = [make_person(session) for _ in range(3)]
    for person in people:
        make_assignment(session, person, province)
    views = [
        make_certificate(session, make_completion(session, person, programme, province))
        for person in people
    ]
    user = make_user(session, person=people[0])
    for role in (Role.HR, Role.PROGRAMME_OFFICER):
        grant(session, user, role, province)
    client = visitor.as_user(user)
    address = path.format(code=views[0].code, serial=views[0].serial)
    with recorded() as statements:
        assert client.get(address).status_code == 200
    assert len(statements) <= ceiling, statements
