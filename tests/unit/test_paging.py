"""A page knows where it stands."""

import pytest

from elearn.kernel.paging import Page, page_request


def test_the_middle_page_has_neighbours() -> None:
    page = Page(items=["a", "b"], number=2, size=2, total=5)
    assert (page.count, page.previous, page.next) == (3, 1, 3)
    assert (page.first_row, page.last_row) == (3, 4)


def test_an_empty_list_is_one_page_without_rows() -> None:
    page: Page[str] = Page(items=[], number=1, size=50, total=0)
    assert (page.count, page.previous, page.next) == (1, None, None)
    assert (page.first_row, page.last_row) == (0, 0)


@pytest.mark.parametrize(
    ("given", "number"), [(None, 1), (0, 1), (-7, 1), (3, 3), (10**9, 100_000)]
)
def test_a_page_number_is_made_sane(given: int | None, number: int) -> None:
    assert page_request(given).number == number
