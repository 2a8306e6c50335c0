"""Job handlers are named by dotted path; every path leads to a function of the right shape."""

import inspect

import pytest

from elearn.infra.jobs import handler_of
from elearn.web.jobs.kinds import KINDS
from elearn.worker.handlers import HANDLERS


@pytest.mark.parametrize(("kind", "path"), HANDLERS.items())
def test_every_handler_is_there(kind: str, path: str) -> None:
    handler = handler_of(path)
    assert callable(handler)
    assert len(inspect.signature(handler).parameters) == 2, f"{kind}: (payload, progress)"


def test_every_kind_with_a_result_page_has_a_handler() -> None:
    assert set(KINDS) <= set(HANDLERS)
