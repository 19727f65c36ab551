"""`LIKE`, `ILIKE` and `~` as SQL that both databases read alike."""

from typing import Any

from django.db.models import BooleanField, Expression, Func, Q, Value

from studio.search import patterns


def matches(column: Expression, operator: str, pattern: str) -> Q:
    """The condition that a column's text fits a pattern; `operator` is LIKE, ILIKE, `~` or `!~`."""
    if operator == "LIKE":
        return Q(_Like(column, Value(pattern)))
    if operator == "ILIKE":
        return Q(_AnyCaseLike(column, Value(pattern)))
    found = Q(_Regex(column, Value(pattern)))
    return ~found if operator == "!~" else found


class _Condition(Func):
    output_field = BooleanField()
    conditional = True
    template = "(%(expressions)s)"


class _Like(_Condition):
    """Minds upper and lower case: SQLite's own LIKE does not."""

    arg_joiner = " LIKE "

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        column, pattern = self.get_source_expressions()
        globbed = self.copy()
        globbed.set_source_expressions([column, Value(patterns.glob_of(pattern.value))])
        return super(_Like, globbed).as_sql(compiler, connection, arg_joiner=" GLOB ", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s ESCAPE '')", **more)


class _AnyCaseLike(_Condition):
    arg_joiner = " LIKE "

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(%(expressions)s ESCAPE '')"
        return self.as_sql(compiler, connection, arg_joiner=" ILIKE ", template=template, **more)


class _Regex(_Condition):
    arg_joiner = " ~ "

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        connection.ensure_connection()
        connection.connection.create_function("studio_regex", 2, patterns.matches, deterministic=True)
        column, pattern = self.get_source_expressions()
        turned = self.copy()
        turned.set_source_expressions([pattern, column])
        template = "studio_regex(%(expressions)s)"
        return super(_Regex, turned).as_sql(compiler, connection, arg_joiner=", ", template=template, **more)
