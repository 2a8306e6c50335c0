"""The tree in time: who stood under whom on which days, derived from the unit versions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from elearn.infra.bulk import insert_all
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.temporal import Span, joined
from elearn.org.models import UnitAncestry, UnitVersion
from elearn.org.scope import held_true


@dataclass(frozen=True, slots=True)
class Link:
    """A unit stood directly under ``parent_id`` (None: at the top) during ``span``."""

    unit_id: int
    parent_id: int | None
    span: Span


_Found = dict[tuple[int, int], list[Span]]


class _Tree:
    """Links by unit, walked upwards day by day: who is above may change places over time."""

    def __init__(self, links: Iterable[Link]) -> None:
        self.links: dict[int, list[Link]] = defaultdict(list)
        for link in links:
            self.links[link.unit_id].append(link)

    def ancestors(self, unit_id: int) -> dict[tuple[int, int], list[Span]]:
        """Return {(ancestor, depth): spans} of ``unit_id``. Raises Invalid on a cycle."""
        found: _Found = defaultdict(list)
        for link in self.links[unit_id]:
            self._climb(link, link.span, (unit_id,), found)
        return {key: joined(spans) for key, spans in found.items()}

    def _climb(self, link: Link, span: Span, path: tuple[int, ...], found: _Found) -> None:
        """Note the unit of ``link`` for the days of ``span``, then whoever is above it then."""
        found[link.unit_id, len(path) - 1].append(span)
        if link.parent_id is None:
            return
        if link.parent_id in path:
            raise Invalid("org.cycle", N_("Cây đơn vị có vòng lặp."))
        for upper in self.links.get(link.parent_id, ()):
            if (common := upper.span.intersection(span)) is not None:
                self._climb(upper, common, (*path, link.parent_id), found)


def ancestry_rows(links: Iterable[Link]) -> list[dict[str, object]]:
    """Return the rows of ``org_unit_ancestry`` that ``links`` amount to. Raises Invalid."""
    tree = _Tree(links)
    return [
        {
            "unit_id": unit_id,
            "ancestor_id": ancestor,
            "depth": depth,
            "valid_from": span.first,
            "valid_to": span.end,
        }
        for unit_id in list(tree.links)
        for (ancestor, depth), spans in tree.ancestors(unit_id).items()
        for span in spans
    ]


def rebuild(session: Session) -> None:
    """Write the ancestry anew from the versions held true now. Raises Invalid on a cycle."""
    versions = session.execute(
        select(
            UnitVersion.unit_id, UnitVersion.parent_id, UnitVersion.valid_from, UnitVersion.valid_to
        ).where(held_true(UnitVersion))
    )
    rows = ancestry_rows(
        Link(row.unit_id, row.parent_id, Span(row.valid_from, row.valid_to)) for row in versions
    )
    session.execute(delete(UnitAncestry))
    insert_all(session, UnitAncestry, rows)
