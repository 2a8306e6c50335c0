"""Who acts: the signed-in user with the roles that hold today."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Roles of domain.md section 2 that can be granted on a unit subtree."""

    LEARNER = "LEARNER"
    HR = "HR"
    LEADER = "LEADER"
    PROGRAMME_OFFICER = "PROGRAMME_OFFICER"
    AUTHOR = "AUTHOR"
    REVIEWER = "REVIEWER"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role on the subtree of one unit, valid today."""

    role: Role
    unit_id: int


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind an act; ``user_id`` None is the system itself."""

    user_id: int | None
    name: str
    person_id: int | None = None
    grants: tuple[Grant, ...] = ()
    session_id: int | None = None
    locale: str = "vi"

    def has_role(self, *roles: Role) -> bool:
        """Whether any of ``roles`` is granted on some unit today."""
        return any(grant.role in roles for grant in self.grants)

    def unit_ids(self, role: Role) -> frozenset[int]:
        """Return the units on whose subtrees ``role`` is granted."""
        return frozenset(grant.unit_id for grant in self.grants if grant.role is role)


SYSTEM = Actor(user_id=None, name="Hệ thống")
