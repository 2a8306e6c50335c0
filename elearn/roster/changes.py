"""Facts of a file against stored facts: what is new, what differs, what is already so. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Generic

from elearn.kernel.errors import N_
from elearn.roster.facts import SHEETS, F, Fact, PersonFact, Roster, completed
from elearn.roster.problems import Problem


@dataclass(slots=True)
class Changes(Generic[F]):
    """What a file changes in one sheet; ``standing`` are stored facts that it does not name."""

    created: list[F] = field(default_factory=list)
    updated: list[tuple[F, F]] = field(default_factory=list)
    unchanged: list[F] = field(default_factory=list)
    standing: list[F] = field(default_factory=list)

    def named(self) -> Iterator[F]:
        """Yield the facts of the file as they will stand, each with its row."""
        yield from self.created
        for _, new in self.updated:
            yield new
        yield from self.unchanged

    def final(self) -> Iterator[F]:
        """Yield every fact as it will stand."""
        yield from self.named()
        yield from self.standing


def compare(facts: Iterable[F], stored: Iterable[F], problems: list[Problem]) -> Changes[F]:
    """Return the changes from ``stored`` to ``facts``; a key named twice is noted as a problem."""
    known = {fact.key: fact for fact in stored}
    first: dict[Any, F] = {}
    changes: Changes[F] = Changes()
    for fact in facts:
        key = fact.key
        if key in first:
            problems.append(_twin(fact, first[key]))
            continue
        first[key] = fact
        _place(fact, known.pop(key, None), changes)
    changes.standing = list(known.values())
    return changes


def _place(fact: F, old: F | None, changes: Changes[F]) -> None:
    if old is None:
        changes.created.append(fact)
        return
    new = replace(completed(fact, old), id=old.id)
    if new.content == old.content:
        changes.unchanged.append(new)
    else:
        changes.updated.append((old, new))


def _twin(fact: Fact, first: Fact) -> Problem:
    if isinstance(fact, PersonFact) and isinstance(first, PersonFact):
        return Problem(
            fact.sheet,
            fact.row,
            "person_code",
            "person.duplicate",
            N_(
                "Mã “%(person)s” đã dùng cho %(name)s ở dòng %(row)s. Mỗi người có một mã riêng và "
                "chỉ một dòng."
            ),
            {"person": fact.person_code, "name": first.full_name, "row": first.row},
        )
    return Problem(
        fact.sheet,
        fact.row,
        fact.key_fields[0],
        "row.duplicate",
        N_("Dòng này trùng với dòng %(row)s. Hãy bỏ một trong hai dòng."),
        {"row": first.row},
    )


@dataclass(slots=True)
class AllChanges:
    """The changes of every sheet."""

    sheets: dict[str, Changes[Any]]

    def __getitem__(self, sheet: str) -> Changes[Any]:
        return self.sheets[sheet]

    def counts(self, kind: str) -> dict[str, int]:
        """Return {sheet: number of facts} for ``kind``: created, updated or unchanged."""
        return {sheet: len(getattr(self.sheets[sheet], kind)) for sheet in SHEETS}

    @property
    def are_none(self) -> bool:
        """Whether nothing would be written."""
        return not any(each.created or each.updated for each in self.sheets.values())


def compare_all(facts: Roster, stored: Roster, problems: list[Problem]) -> AllChanges:
    """Return the changes of every sheet from ``stored`` to ``facts``."""
    return AllChanges(
        {sheet: compare(facts.sheet(sheet), stored.sheet(sheet), problems) for sheet in SHEETS}
    )


def differences(old: Fact, new: Fact) -> Iterator[tuple[str, Any, Any]]:
    """Yield (column, stored value, new value) of what an update changes."""
    for name in new.content_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield name, before, after
