"""The expression language: what it gives, where it says an expression is wrong, and that both libraries agree."""

import string

import polars as pl
import pytest
from atelier.dataflow import ExpressionError, Recipe, expressions
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sdk.dataflow.tables import CARS, carried_out, rows_of

COLUMNS = {
    name: str(kind) for name, kind in {"name": "text", "price": "number", "doors": "integer", "built": "date"}.items()
}

GIVES = [
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("2 ^ 3 ^ 2", 512),
    ("-2 ^ 2", -4),
    ("7 / 2", 3.5),
    ("7 % 4", 3),
    ("10 - 3 - 2", 5),
    ("not true or true", True),
    ("1 < 2 and not (2 < 1)", True),
    ('"a" & 1 & true', "a1true"),
    ("'it''s'", "it's"),
    ('if(1 > 2, "yes", "no")', "no"),
    ('upper("straße")', "STRASSE"),
    ('title("ada king lovelace")', "Ada King Lovelace"),
    ('capitalize("aDA")', "Ada"),
    ('clean("  a   b ")', "a b"),
    ('left("abcdef", 2) & right("abcdef", 2)', "abef"),
    ('left("abcdef", -2)', "abcd"),
    ('right("abcdef", -2)', "cdef"),
    ('mid("abcdef", 2, 3)', "bcd"),
    ('mid("abcdef", -2)', "ef"),
    ('before("a/b/c", "/")', "a"),
    ('before("a/b/c", "/", -1)', "a/b"),
    ('before("a/b/c", "/", 2)', "a/b"),
    ('after("a/b/c", "/")', "b/c"),
    ('after("a/b/c", "/", -1)', "c"),
    ('after("a/b/c", "/", -2)', "b/c"),
    ('before("abc", "/")', None),
    ('between("a (b) c", "(", ")")', "b"),
    ('part("a,b,c", ",", -1)', "c"),
    ('part("a,b,c", ",", 4)', None),
    ('match("a1b22", "[0-9]+")', "1"),
    ('match("a1b22", "[0-9]+", -1)', "22"),
    ('replace("a.b", ".", "-")', "a-b"),
    ('replace_pattern("2021-03", "([0-9]+)-([0-9]+)", "$2/$1")', "03/2021"),
    ('initials("ada king lovelace", ".")', "a.k.l."),
    ('pad_left("7", 3, "0")', "007"),
    ('count("banana", "an")', 2),
    ('number("about 1,234.5 kg")', 1234.5),
    ('number("1.234,5", ",")', 1234.5),
    ('integer("-7 degrees")', -7),
    ("round(2.345, 1)", 2.3),
    ("floor(-1.5)", -2),
    ("ceil(1.2)", 2),
    ("min(3, 1, 2)", 1),
    ('format_number(1234567.891, 2, ",")', "1,234,567.89"),
    ("format_number(-0.001, 2)", "0.00"),
    ("format_number(0.5, 0)", "1"),
    ('year(date("31.12.2021", "%d.%m.%Y"))', 2021),
    ('format_date(date("2021-03-05"), "%d %B %Y")', "05 March 2021"),
    ('weekday(date("2024-01-01"))', 1),
    ('date_difference(date("2020-01-31"), date("2020-02-29"), "months")', 1),
    ('date_difference(date("2020-01-31"), date("2021-01-31"), "years")', 1),
    ('format_date(add_months(date("2021-01-31"), 1), "%m-%d")', "02-28"),
    ('format_date(start_of(date("2021-08-17"), "quarter"), "%m-%d")', "07-01"),
    ('coalesce(before("a", "/"), "none")', "none"),
    ('lookup("b", "a", 1, "b", 2)', 2),
    ('lookup("z", "a", 1, 0)', 0),
    ('"b" in ("a", "b")', True),
    ('"b" not in ("a", "b")', False),
    ("missing is missing", True),
    ('before("a", "/") is not missing', False),
    ("1e3 + .5", 1000.5),
]


@pytest.mark.parametrize(("source", "wanted"), GIVES, ids=[source for source, _wanted in GIVES])
def test_an_expression_gives_what_it_says(source: str, wanted: object) -> None:
    made = Recipe.from_dict({"steps": [{"kind": "new_column", "parameters": {"name": "x", "expression": source}}]})
    assert made.apply(pl.DataFrame({"a": [1]})).collect()["x"].to_list() == [pytest.approx(wanted)]


OVER_COLUMNS = [
    "[price] * 2 - doors",
    "price / doors % 3",
    "doors ^ 2",
    "-price + abs(doors - 4)",
    'name & "/" & maker & "/" & doors & "/" & sold & "/" & built',
    "upper(name) & lower(maker) & title(name) & capitalize(name)",
    "trim(name) & clean(name) & text(length(name))",
    "left(name, 3) & right(name, 2) & mid(name, 2, 2) & left(name, -1) & right(name, -1) & mid(name, -2)",
    'coalesce(before(code, "-"), "") & coalesce(after(code, "/", -1), "?") & coalesce(after(code, "/", 2), "!")',
    'coalesce(before(code, "/", 2), "no")',
    'coalesce(part(code, "/", 1), "a") & coalesce(part(code, "/", -2), "b")',
    'coalesce(match(code, "[0-9]+"), "x") & coalesce(match(code, "[a-z]", 2), "y")',
    'replace(code, "/", ".") & replace_pattern(code, "([A-Z])-", "$1$1")',
    'initials(name, ".") & pad_left(text(doors), 4, "0") & pad_right(maker, 6, "_")',
    'count(code, "/") + length(code)',
    'contains(name, "o") and starts_with(maker, "F") or ends_with(name, "I")',
    'matches(code, "^[A-C]")',
    "number(amount)",
    "number(price) + number(doors)",
    "integer(amount)",
    "round(price, 1) + floor(price) - ceil(price)",
    "sqrt(price) + log(price) + exp(doors) + log10(price)",
    "min(price, doors, 100) + max(doors, 4)",
    'format_number(price, 1, ",") & format_number(doors, 0) & format_number(price, 3, ".", ",")',
    'date(when, "%d.%m.%Y")',
    "date(seen)",
    'datetime(text(built) & " 10:30:00")',
    'format_date(built, "%d %b %y") & format_date(seen, "%H:%M")',
    "year(built) * 10000 + month(built) * 100 + day(built)",
    "quarter(built) + week(built) + weekday(built) + day_of_year(built)",
    "hour(seen) * 60 + minute(seen) + second(seen) + hour(built)",
    "add_days(built, 30)",
    "add_months(built, 1)",
    'start_of(built, "month")',
    'start_of(built, "quarter")',
    'start_of(built, "week")',
    'start_of(built, "year")',
    *(f'date_difference(built, seen, "{unit}")' for unit in ("days", "weeks", "months", "years", "hours", "minutes")),
    'if(price > 10000 and sold, "a", if(doors = 3, "b", "c"))',
    "if(sold, price, doors)",
    "coalesce(price, doors, 0)",
    'lookup(maker, "Ford", "US", "VW", "DE")',
    'lookup(maker, "Ford", 1, "VW", 2, 0)',
    'maker in ("Ford", "BMW") and doors not in (3)',
    "price is missing or doors is missing",
    'built > "2019-06-30" and built <= "2020-12-31"',
    'seen >= "2022-05-02T12:00:00"',
    'text(price > 10000) & text(built)',
]  # fmt: skip


@pytest.mark.parametrize("library", ["polars", "pandas"])
@pytest.mark.parametrize("source", OVER_COLUMNS)
def test_code_for_both_libraries_gives_the_same(source: str, library: str) -> None:
    made = Recipe.from_dict({"steps": [{"kind": "new_column", "parameters": {"name": "x y", "expression": source}}]})
    code = made.code(library, dict(CARS.schema))
    wanted = [row["x y"] for row in rows_of(made.apply(CARS).collect())]
    assert [row["x y"] for row in carried_out(code, CARS, {}, library)] == wanted, code


WRONG = [
    ("1 +", 3, 3, "ends where a value"),
    ("(1", 2, 2, "ends where ) should"),
    ("1 2", 2, 3, "stands where an operator"),
    ('"abc', 0, 4, "no closing"),
    ("[abc", 0, 4, "no closing ]"),
    ("a # b", 2, 3, "no meaning"),
    ("prize * 2", 0, 5, "Did you mean “price”?"),
    ("uper(name)", 0, 10, "Did you mean upper(text)?"),
    ("1 + upper(price)", 10, 15, "takes text"),
    ("name + 1", 0, 4, "join texts with &"),
    ("built + 1", 0, 5, "add_days"),
    ("left(name)", 0, 10, "2 values, and 1 were given"),
    ("left(name, doors)", 11, 16, "a whole number here"),
    ('match(name, "(")', 12, 15, "regular expression can't be used"),
    ('part(name, "-", 0)', 16, 17, "Counting begins at 1"),
    ("price = name", 0, 12, "can't be compared"),
    ("if(price, 1, 2)", 3, 8, "takes a condition"),
    ('built > "soon"', 8, 14, "stands beside a date"),
    ('date_difference(built, built, "moons")', 30, 37, "one of days"),
    ("price is big", 9, 12, "“missing” should follow"),
    ("", 0, 0, "ends where a value"),
]


@pytest.mark.parametrize(("source", "start", "end", "said"), WRONG, ids=[source for source, *_rest in WRONG])
def test_what_is_wrong_is_said_with_its_place(source: str, start: int, end: int, said: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        expressions.kind_of(source, COLUMNS)
    assert said in raised.value.sentence
    assert (raised.value.start, raised.value.end) == (start, end)


def test_columns_are_found_by_name_and_in_brackets() -> None:
    assert expressions.columns_in('[unit price] * n + length([a]]b]) + [unit price] & "[no]"') == [
        "unit price",
        "n",
        "a]b",
    ]


@pytest.mark.parametrize(
    "source", ["(" * 5000 + "1" + ")" * 5000, "-" * 9000 + "1", "2" + "^2" * 3000, "not " * 4000 + "true"]
)
def test_deep_nesting_is_refused_or_read_but_breaks_nothing(source: str) -> None:
    try:
        expressions.to_polars(source)
    except ExpressionError as error:
        assert error.sentence


@pytest.mark.parametrize("joined", [" + ", " & ", " and "])
def test_a_very_long_expression_is_refused_in_a_sentence_or_carried_out(joined: str) -> None:
    try:
        expressions.kind_of(joined.join(["1" if joined == " + " else "true"] * 2200))
    except ExpressionError as error:
        assert error.sentence


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=string.ascii_letters[:6] + "[]()\"'+-*/^&=<>., 0123456789éß\n", max_size=40))
def test_any_text_is_an_expression_or_an_error_with_a_place(source: str) -> None:
    try:
        expressions.kind_of(source, COLUMNS)
    except ExpressionError as error:
        assert 0 <= error.start <= error.end <= len(source)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_every_text_and_every_column_can_be_written_in_an_expression(value: str, column: str) -> None:
    table = pl.DataFrame({column: [value]})
    source = f"{expressions.quoted(column)} = {expressions.text(value)}"
    made = Recipe.from_dict({"steps": [{"kind": "filter", "parameters": {"expression": source}}]})
    assert len(made.apply(table).collect()) == 1


def test_nothing_of_python_can_be_reached() -> None:
    for source in ("__import__('os')", "open('x')", "eval('1')", "name.str", "print(1)"):
        with pytest.raises(ExpressionError):
            expressions.to_polars(source, COLUMNS)
