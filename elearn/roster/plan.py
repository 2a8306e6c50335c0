"""What an import would do: the facts of the files against what is stored. Pure.

The whole state after the import is judged, stored rows included (design.md 5.2).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from elearn.roster.changes import AllChanges, compare_all
from elearn.roster.facts import Roster
from elearn.roster.parse import Reading
from elearn.roster.policy import EVERYTHING, Reach, ReachChecks
from elearn.roster.post_checks import Post, PostChecks, World
from elearn.roster.problems import Problem, in_order
from elearn.roster.tree import Tree, shrunk_units
from elearn.roster.unit_checks import UnitChecks


@dataclass(slots=True)
class State:
    """What is stored: all units and events, and the facts of the people that the files name.

    ``posts_at_risk`` are the posts and duties of anybody in units that lose days of their life.
    """

    roster: Roster
    posts_at_risk: list[Post] = field(default_factory=list)
    programmes: frozenset[str] = frozenset()


@dataclass(slots=True)
class Plan:
    """The changes and the problems; with any problem nothing may be written."""

    changes: AllChanges
    tree: Tree
    problems: list[Problem]


def units_losing_days(facts: Roster, stored: Roster) -> set[str]:
    """Return the units whose life an import of ``facts`` would shorten."""
    keys = {fact.key for fact in facts.units}
    standing = [fact for fact in stored.units if fact.key not in keys]
    return shrunk_units(Tree(stored.units, ()), Tree([*standing, *facts.units], ()))


def make_plan(reading: Reading, state: State, today: date, reach: Reach = EVERYTHING) -> Plan:
    """Return what importing ``reading`` over ``state`` would do for somebody with ``reach``.

    Problems of single cells are part of it; what they leave unread is not judged further. Of a
    row beyond the reach nothing else is said: it could tell about other people.
    """
    problems = list(reading.problems)
    changes = compare_all(reading.roster, state.roster, problems)
    tree = Tree(changes["units"].final(), changes["events"].final())
    units = UnitChecks(tree, changes["units"], changes["events"], reading.broken_units)
    problems.extend(units.problems())
    world = World(
        tree=tree,
        people={fact.person_code for fact in changes["people"].final()} | reading.broken_people,
        programmes=state.programmes,
        broken=reading.broken_units,
        today=today,
    )
    problems.extend(_post_problems(PostChecks(world), changes))
    anchors = {code: units.anchors[code] for code in units.changed - reading.broken_units}
    at_risk = _not_named(changes, state.posts_at_risk)
    problems.extend(PostChecks(world).left_hanging(at_risk, anchors))
    if not reach.everything:
        refused = list(ReachChecks(reach, changes, tree, today).problems())
        rows = {(problem.sheet, problem.row) for problem in refused}
        problems = [item for item in problems if (item.sheet, item.row) not in rows] + refused
    return Plan(changes, tree, in_order(problems))


def _post_problems(checks: PostChecks, changes: AllChanges) -> Iterator[Problem]:
    yield from checks.assignments(changes["assignments"])
    yield from checks.duties(changes["duties"])
    yield from checks.exclusions(changes["exclusions"])
    yield from checks.completions(changes["completions"])


def _not_named(changes: AllChanges, posts: list[Post]) -> Iterator[Post]:
    """Yield the stored ``posts`` that the files do not speak of."""
    named = {
        (sheet, fact.id) for sheet in ("assignments", "duties") for fact in changes[sheet].named()
    }
    return (post for post in posts if (post.sheet, post.id) not in named)
