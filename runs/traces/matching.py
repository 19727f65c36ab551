"""Comparing texts in SQL so that SQLite and PostgreSQL answer alike: LIKE minds case, ILIKE does not, `~` is RE2's."""

from typing import Any

from django.db.models import BooleanField, Expression, Func, Value

from studio.search import patterns


class Like(Func):
    """`text LIKE pattern`, upper and lower case apart; a backslash is a backslash."""

    output_field = BooleanField()
    arity = 2
    template = "(%(expressions)s ESCAPE '')"
    arg_joiner = " LIKE "

    def __init__(self, text: Any, pattern: str) -> None:
        self.pattern = pattern
        super().__init__(text, Value(pattern))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        glob = self.copy()
        glob.set_source_expressions([self.get_source_expressions()[0], Value(patterns.glob_of(self.pattern))])
        return glob.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" GLOB ", **extra)


class ILike(Func):
    """`text ILIKE pattern`."""

    output_field = BooleanField()
    arity = 2
    template = "(%(expressions)s ESCAPE '')"
    arg_joiner = " ILIKE "

    def __init__(self, text: Any, pattern: str) -> None:
        super().__init__(text, Value(pattern))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" LIKE ", **extra)


class Matches(Func):
    """`text ~ pattern`: the regular expression is found in the text."""

    output_field = BooleanField()
    arity = 2
    template = "(%(expressions)s)"
    arg_joiner = " ~ "
    _sqlite_name = "studio_matches"

    def __init__(self, text: Any, pattern: str) -> None:
        super().__init__(text, Value(pattern))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        text, pattern = self.get_source_expressions()
        swapped = self.copy()
        swapped.set_source_expressions([pattern, text])
        connection.ensure_connection()
        # A connection forgets what another one was taught.
        connection.connection.create_function(self._sqlite_name, 2, patterns.matches, deterministic=True)
        template = f"{self._sqlite_name}(%(expressions)s)"
        return swapped.as_sql(compiler, connection, template=template, arg_joiner=", ", **extra)


BY_OPERATOR: dict[str, type[Expression]] = {"LIKE": Like, "ILIKE": ILike, "~": Matches}
