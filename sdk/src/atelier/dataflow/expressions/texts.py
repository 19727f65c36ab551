"""The functions that work on text."""

from __future__ import annotations

import re
from typing import Any

from atelier.dataflow.expressions.functions import PL, TEXTS, Function, escaped
from atelier.dataflow.terms import Term, name, span

_TITLE = 'Every word with a capital: `title("ada LOVELACE")` is Ada Lovelace.'


def _slice(count: int, *, left: bool) -> Term:
    if left:
        return span(None, count)
    return span(-count, None) if count > 0 else span(0, 0) if count == 0 else span(-count, None)


def _mid_polars(text: Any, start: int, length: int | None = None) -> Term:
    return text.str.slice(start - 1 if start > 0 else start, *([] if length is None else [length]))


def _mid_pandas(text: Any, start: int, length: int | None = None) -> Term:
    begin = start - 1 if start > 0 else start
    if length is None:
        return text.str[span(begin, None)]
    stop = begin + length
    return text.str[span(begin, None if begin < 0 <= stop else stop)]


def before_pattern(mark: str, nth: int) -> str:
    """What stands before the nth `mark`; counted from the end when negative."""
    found = escaped(mark)
    if nth > 0:
        return f"(?s)^((?:.*?{found}){{{nth - 1}}}.*?){found}" if nth > 1 else f"(?s)^(.*?){found}"
    return f"(?s)^(.*){found}" + (f"(?:.*{found}){{{-nth - 1}}}" if nth < -1 else "")


def after_pattern(mark: str, nth: int) -> str:
    """What stands after the nth `mark`; counted from the end when negative."""
    found = escaped(mark)
    if nth > 0:
        return f"(?s)^(?:.*?{found}){{{nth}}}(.*)" if nth > 1 else f"(?s)^.*?{found}(.*)"
    return f"(?s)^.*{found}" + (f"((?:.*{found}){{{-nth - 1}}}.*)" if nth < -1 else "(.*)")


def _before_polars(text: Any, mark: str, nth: int = 1) -> Term:
    return text.str.extract(before_pattern(mark, nth), 1)


def _before_pandas(text: Any, mark: str, nth: int = 1) -> Term:
    return text.str.extract(before_pattern(mark, nth))[0]


def _after_polars(text: Any, mark: str, nth: int = 1) -> Term:
    return text.str.extract(after_pattern(mark, nth), 1)


def _after_pandas(text: Any, mark: str, nth: int = 1) -> Term:
    return text.str.extract(after_pattern(mark, nth))[0]


def _between(first: str, last: str) -> str:
    return f"(?s){escaped(first)}(.*?){escaped(last)}"


def _part_polars(text: Any, mark: str, nth: int) -> Term:
    return text.str.split(mark).list.get(nth - 1 if nth > 0 else nth, null_on_oob=True)


def _part_pandas(text: Any, mark: str, nth: int) -> Term:
    return text.str.split(mark, regex=False).str[nth - 1 if nth > 0 else nth].astype("string")


def _match_polars(text: Any, pattern: str, nth: int = 1) -> Term:
    if nth == 1:
        return text.str.extract(f"({pattern})", 1)
    return text.str.extract_all(pattern).list.get(nth - 1 if nth > 0 else nth, null_on_oob=True)


def _match_pandas(text: Any, pattern: str, nth: int = 1) -> Term:
    if nth == 1:
        return text.str.extract(f"({pattern})")[0]
    return name("nth_match")(text, pattern, nth)


def _replacement(new: str) -> str:
    """`$1` as Polars wants it, so that a digit or letter behind it stays text."""
    return re.sub(r"\$(\d)", r"${\1}", new)


def _replacement_pandas(new: str) -> str:
    return re.sub(r"\$(\d)", r"\\g<\1>", new.replace("\\", "\\\\"))


def _concat_polars(*pieces: Any) -> Term:
    return PL.concat_str([piece if isinstance(piece, Term) else PL.lit(piece) for piece in pieces])


def _concat_pandas(*pieces: Any) -> Term:
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole + piece
    return whole


def _initials_polars(text: Any, mark: str = "") -> Term:
    return text.str.strip_chars().str.replace_all(r"(\S)\S*\s*", "${1}" + mark)


def _initials_pandas(text: Any, mark: str = "") -> Term:
    return text.str.strip().str.replace(r"(\S)\S*\s*", r"\1" + mark, regex=True)


FUNCTIONS = (
    Function(
        "upper", "upper(text)", "In capitals.", TEXTS, ("text",), "text",
        lambda text: text.str.to_uppercase(), lambda text: text.str.upper(),
    ),
    Function(
        "lower", "lower(text)", "In small letters.", TEXTS, ("text",), "text",
        lambda text: text.str.to_lowercase(), lambda text: text.str.lower(),
    ),
    Function(
        "title", "title(text)", _TITLE, TEXTS, ("text",), "text",
        lambda text: text.str.to_titlecase(), lambda text: text.str.title(),
    ),
    Function(
        "capitalize", "capitalize(text)", "The first letter as a capital, the rest small.", TEXTS, ("text",), "text",
        lambda text: text.str.slice(0, 1).str.to_uppercase() + text.str.slice(1).str.to_lowercase(),
        lambda text: text.str.capitalize(),
    ),
    Function(
        "trim", "trim(text)", "Without spaces at both ends.", TEXTS, ("text",), "text",
        lambda text: text.str.strip_chars(), lambda text: text.str.strip(),
    ),
    Function(
        "clean", "clean(text)", "Trimmed, and with one space wherever there were several.", TEXTS, ("text",), "text",
        lambda text: text.str.strip_chars().str.replace_all(r"\s+", " "),
        lambda text: text.str.strip().str.replace(r"\s+", " ", regex=True),
    ),
    Function(
        "length", "length(text)", "How many characters it has.", TEXTS, ("text",), "integer",
        lambda text: text.str.len_chars().cast(PL.Int64), lambda text: text.str.len(),
    ),
    Function(
        "left", "left(text, n)", "The first n characters; all but the last n when n is negative.", TEXTS,
        ("text", "=integer"), "text",
        lambda text, count: text.str.head(count), lambda text, count: text.str[_slice(count, left=True)],
    ),
    Function(
        "right", "right(text, n)", "The last n characters; all but the first n when n is negative.", TEXTS,
        ("text", "=integer"), "text",
        lambda text, count: text.str.tail(count), lambda text, count: text.str[_slice(count, left=False)],
    ),
    Function(
        "mid", "mid(text, start, n)", "n characters from the start-th on (the rest without n); -1 is the last one.", TEXTS,
        ("text", "=integer", "=integer?"), "text", _mid_polars, _mid_pandas,
    ),
    Function(
        "before", "before(text, mark, nth)", "What stands before the nth mark (the first, without nth); -1 is the last "
        "one. Missing where there is no such mark.", TEXTS, ("text", "=text", "=integer?"), "text",
        _before_polars, _before_pandas,
    ),
    Function(
        "after", "after(text, mark, nth)", "What stands after the nth mark (the first, without nth); -1 is the last "
        "one. Missing where there is no such mark.", TEXTS, ("text", "=text", "=integer?"), "text",
        _after_polars, _after_pandas,
    ),
    Function(
        "between", "between(text, first, last)", "What stands between two marks.", TEXTS, ("text", "=text", "=text"), "text",
        lambda text, first, last: text.str.extract(_between(first, last), 1),
        lambda text, first, last: text.str.extract(_between(first, last))[0],
    ),
    Function(
        "part", "part(text, mark, nth)", "The nth part of the text cut at every mark; -1 is the last one.", TEXTS,
        ("text", "=text", "=integer"), "text", _part_polars, _part_pandas,
    ),
    Function(
        "match", "match(text, pattern, nth)", "The nth place that fits a regular expression (the first, without nth); "
        "-1 is the last one.", TEXTS, ("text", "=pattern", "=integer?"), "text", _match_polars, _match_pandas,
    ),
    Function(
        "replace", "replace(text, old, new)", "With every `old` written as `new`.", TEXTS, ("text", "=text", "=text"), "text",
        lambda text, old, new: text.str.replace_all(old, new, literal=True),
        lambda text, old, new: text.str.replace(old, new, regex=False),
    ),
    Function(
        "replace_pattern", "replace_pattern(text, pattern, new)", "With everything that fits a regular expression written "
        "as `new`, where $1 is its first group.", TEXTS, ("text", "=pattern", "=text"), "text",
        lambda text, pattern, new: text.str.replace_all(pattern, _replacement(new)),
        lambda text, pattern, new: text.str.replace(pattern, _replacement_pandas(new), regex=True),
    ),
    Function(
        "initials", "initials(text, mark)", "The first character of every word, each followed by the mark.", TEXTS,
        ("text", "=text?"), "text", _initials_polars, _initials_pandas,
    ),
    Function(
        "pad_left", "pad_left(text, n, with)", "Filled up from the left to n characters (with spaces, without `with`).",
        TEXTS, ("text", "=integer", "=character?"), "text",
        lambda text, width, fill=" ": text.str.pad_start(width, fill),
        lambda text, width, fill=" ": text.str.pad(width, side="left", fillchar=fill),
    ),
    Function(
        "pad_right", "pad_right(text, n, with)", "Filled up from the right to n characters.",
        TEXTS, ("text", "=integer", "=character?"), "text",
        lambda text, width, fill=" ": text.str.pad_end(width, fill),
        lambda text, width, fill=" ": text.str.pad(width, side="right", fillchar=fill),
    ),
    Function(
        "concat", "concat(a, b, …)", "The values one after the other, as text; the same as a & b.", TEXTS, ("any*",),
        "text", _concat_polars, _concat_pandas,
    ),
    Function(
        "count", "count(text, mark)", "How often the mark occurs.", TEXTS, ("text", "=text"), "integer",
        lambda text, mark: text.str.count_matches(mark, literal=True).cast(PL.Int64),
        lambda text, mark: text.str.count(escaped(mark)),
    ),
    Function(
        "contains", "contains(text, mark)", "Whether the mark occurs.", TEXTS, ("text", "=text"), "boolean",
        lambda text, mark: text.str.contains(mark, literal=True), lambda text, mark: text.str.contains(mark, regex=False),
    ),
    Function(
        "starts_with", "starts_with(text, mark)", "Whether it begins with the mark.", TEXTS, ("text", "=text"), "boolean",
        lambda text, mark: text.str.starts_with(mark), lambda text, mark: text.str.startswith(mark),
    ),
    Function(
        "ends_with", "ends_with(text, mark)", "Whether it ends with the mark.", TEXTS, ("text", "=text"), "boolean",
        lambda text, mark: text.str.ends_with(mark), lambda text, mark: text.str.endswith(mark),
    ),
    Function(
        "matches", "matches(text, pattern)", "Whether a regular expression fits somewhere.", TEXTS, ("text", "=pattern"),
        "boolean",
        lambda text, pattern: text.str.contains(pattern), lambda text, pattern: text.str.contains(pattern, regex=True),
    ),
    Function(
        "text", "text(value)", "The value as text.", TEXTS, ("any",), "text",
        lambda kind, value: value if kind == "text" else value.cast(PL.String),
        lambda kind, value: value if kind == "text" else name("text_of")(value),
        minds_kind=True,
    ),
)  # fmt: skip
