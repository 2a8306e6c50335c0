"""The click group of our commands: says in a sentence what would end every command in a trace."""

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

_MISSING_SQLSTATES = ("42P01", "42703")  # PostgreSQL: no such table, no such column
_MISSING_WORDS = ("no such table", "no such column")  # SQLite


def lacks_tables(error: DBAPIError) -> bool:
    """Whether ``error`` says that a table or a column of ours is not in the database."""
    if getattr(error.orig, "sqlstate", None) in _MISSING_SQLSTATES:
        return True
    return any(words in str(error.orig) for words in _MISSING_WORDS)


class CommandGroup(AppGroup):
    """Commands that need the tables: without them they end in a message and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            if not lacks_tables(error):
                raise
            raise click.ClickException(
                "Cơ sở dữ liệu chưa có bảng của hệ thống, hoặc là bảng của phiên bản cũ. "
                "Hãy chạy “flask db upgrade” rồi thử lại."
            ) from error
