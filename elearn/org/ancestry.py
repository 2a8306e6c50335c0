"""The tree in time: who stood under whom on which days, derived from the unit versions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

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


class _Tree:
    """Ancestors of every unit with their spans, each unit worked out once."""

    def __init__(self, links: Iterable[Link]) -> None:
        self.links: dict[int, list[Link]] = defaultdict(list)
        for link in links:
            self.links[link.unit_id].append(link)
        self.known: dict[int, dict[tuple[int, int], list[Span]]] = {}
        self.open: set[int] = set()

    def ancestors(self, unit_id: int) -> dict[tuple[int, int], list[Span]]:
        """Return {(ancestor, depth): spans} of ``unit_id``. Raises Invalid on a cycle."""
        if unit_id in self.known:
            return self.known[unit_id]
        if unit_id in self.open:
            raise Invalid("org.cycle", N_("Cây đơn vị có vòng lặp."))
        self.open.add(unit_id)
        found: dict[tuple[int, int], list[Span]] = defaultdict(list)
        for link in self.links[unit_id]:
            found[unit_id, 0].append(link.span)
            if link.parent_id is not None:
                self._inherit(link, found)
        self.open.discard(unit_id)
        self.known[unit_id] = {key: joined(spans) for key, spans in found.items()}
        return self.known[unit_id]

    def _inherit(self, link: Link, found: dict[tuple[int, int], list[Span]]) -> None:
        assert link.parent_id is not None  # noqa: S101 - for the type checker
        for (ancestor, depth), spans in self.ancestors(link.parent_id).items():
            for span in spans:
                if (common := span.intersection(link.span)) is not None:
                    found[ancestor, depth + 1].append(common)


def ancestry_rows(links: Iterable[Link]) -> list[dict[str, object]]:
    """Return the rows of ``org_unit_ancestry`` that ``links`` amount to."""
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
    if rows:
        session.execute(insert(UnitAncestry), rows)
