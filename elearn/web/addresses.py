"""Addresses that no page of ours holds: refused before they reach a view or a database."""

from flask import Flask, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter as PlainIntegerConverter

# The largest id a column holds on PostgreSQL; a larger number would be an error, not a miss.
LARGEST_ID = 2**31 - 1
# Reads every code as text of its own and answers alike for all that are none.
_READS_ANYTHING = "verify.show"


class IntegerConverter(PlainIntegerConverter):
    """A number in an address that can be an id."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max", LARGEST_ID)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the map passes them on


def _refuse_nul() -> None:
    """Answer "not found" to a NUL in path or query: PostgreSQL text cannot hold one."""
    if request.endpoint == _READS_ANYTHING:
        return
    values = (value for _name, value in request.args.items(multi=True))
    if "\x00" in request.path or any("\x00" in value for value in values):
        raise NotFound


def init_app(app: Flask) -> None:
    """Guard every view of ``app``; call it before views are registered."""
    app.url_map.converters["int"] = IntegerConverter
    app.before_request(_refuse_nul)
