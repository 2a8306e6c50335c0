"""What a loading did."""

from collections import Counter
from dataclasses import dataclass, field

from elearn.authoring.files.models import EntryKind
from elearn.authoring.files.problems import FileProblem


@dataclass(frozen=True, slots=True)
class Held:
    """A file's text that was not published because the browser has published since.

    ``draft_id`` None: the draft of an earlier file is being edited, so this text waits.
    """

    kind: EntryKind
    code: str
    path: str
    draft_id: int | None


@dataclass(slots=True)
class LoadReport:
    """Counts of ``created``, ``updated`` and ``unchanged`` per kind, and what needs a person."""

    applied: bool = False
    problems: list[FileProblem] = field(default_factory=list)
    counts: dict[EntryKind, Counter[str]] = field(default_factory=dict)
    pictures_added: int = 0
    held: list[Held] = field(default_factory=list)
    retired: list[tuple[EntryKind, str]] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)

    def count(self, kind: EntryKind, what: str) -> None:
        """Count one entry."""
        self.counts.setdefault(kind, Counter())[what] += 1

    def total(self, what: str) -> int:
        """Return how many entries of all kinds were ``what``."""
        return sum(counter[what] for counter in self.counts.values())

    @property
    def changed_anything(self) -> bool:
        """Whether the site differs from before."""
        return bool(
            self.total("created") + self.total("updated") + self.pictures_added
            or self.held
            or self.retired
            or self.refreshed
        )
