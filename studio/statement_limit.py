"""How long PostgreSQL may work on one statement of a web request: a regular expression or an order over everything must
not keep a connection busy for minutes. Workers and commands, which have the time, are not limited.

SQLite has no such limit, and none is needed: its regular expressions are RE2's, whose time grows with the text alone.
"""

from typing import Any

from django.conf import settings
from django.db import OperationalError, connections

QUERY_CANCELED = "57014"  # PostgreSQL's own code, in every language of its messages


def limit_statements() -> None:
    """Limit the connections that this process opens from now on."""
    databases: Any = connections.settings
    for database in databases.values():
        if settings.STATEMENT_TIMEOUT_SECONDS > 0 and database["ENGINE"].endswith("postgresql"):
            database["OPTIONS"]["options"] = with_limit(
                database["OPTIONS"].get("options", ""), settings.STATEMENT_TIMEOUT_SECONDS
            )


def with_limit(options: str, seconds: int) -> str:
    """The options of a connection with the limit before what was given there: a limit in `DATABASE_URL` wins."""
    return f"-c statement_timeout={seconds * 1000} {options}".strip()


def stopped(error: OperationalError) -> bool:
    """Whether it was the limit that ended a statement."""
    return getattr(error.__cause__, "sqlstate", None) == QUERY_CANCELED
