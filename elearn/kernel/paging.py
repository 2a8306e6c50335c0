"""A page of a long list: the rows shown, where they stand, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

PAGE_SIZE = 50
# Nobody reads the ten thousandth page; a huge number in the address must not reach the database.
LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for, counted from 1, and how many rows it holds."""

    number: int = 1
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        """Return how many rows stand before the page."""
        return (self.number - 1) * self.size


def page_request(number: int | None, size: int = PAGE_SIZE) -> PageRequest:
    """Return the request for page ``number``; what cannot be a page number is the first page."""
    return PageRequest(min(max(number or 1, 1), LAST_PAGE), size)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows of one page of ``total`` rows."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def count(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        """Return the place of the first row shown, counted from 1; 0 when there is none."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last_row(self) -> int:
        """Return the place of the last row shown; 0 when there is none."""
        return self.first_row + len(self.items) - 1 if self.items else 0

    @property
    def previous(self) -> int | None:
        """Return the number of the page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """Return the number of the page after, None on the last."""
        return self.number + 1 if self.number < self.count else None
