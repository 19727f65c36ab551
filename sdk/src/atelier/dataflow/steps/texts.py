"""Steps that take text apart and clean it."""

from __future__ import annotations

from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow.drafts import Draft
from atelier.dataflow.parameters import Parameter, StepKind, Values

GROUP = "Text"
PUNCTUATION = r"[!-/:-@\[-`{-~]"
MARKS = "[\u0300-\u036f]"  # what an accent becomes when a letter is taken apart
_REMOVED = {"digits": "[0-9]", "letters": r"\p{L}", "punctuation": PUNCTUATION, "spaces": r"\s"}


def _split_pieces(draft: Draft, values: Values) -> list[Any]:
    term, count, by = draft.column(values["column"]), len(values["into"]), values["by"]
    if by == "width":
        ends = [sum(int(width) for width in values["widths"][:position]) for position in range(count + 1)]
        return [draft.call("mid", term, start + 1, end - start) for start, end in zip(ends, ends[1:])]
    if by == "pattern":
        return [_group(draft, term, values["pattern"], position) for position in range(1, count + 1)]
    mark = values["delimiter"]
    pieces = [draft.call("part", term, mark, position) for position in range(1, count + 1)]
    if values["rest"] == "last" and count > 1:
        pieces[-1] = draft.call("after", term, mark, count - 1)
    return pieces


def _group(draft: Draft, term: Any, pattern: str, position: int) -> Any:
    return term.str.extract(pattern, position) if draft.is_polars else term.str.extract(pattern)[position - 1]


def _split(draft: Draft, values: Values) -> None:
    columns = dict(zip(values["into"], _split_pieces(draft, values)))
    column = values["column"]
    # pandas assigns one after the other: what replaces the column itself comes last.
    draft.assign({**{name: term for name, term in columns.items() if name != column}, **_only(columns, column)})
    if not values["keep"] and column not in columns:
        draft.set(draft.frame.drop(column) if draft.is_polars else draft.frame.drop(columns=[column]))


def _only(columns: dict[str, Any], column: str) -> dict[str, Any]:
    return {column: columns[column]} if column in columns else {}


def _extract(draft: Draft, values: Values) -> None:
    term, how = draft.column(values["column"]), values["how"]
    made = {
        "first": lambda: draft.call("left", term, int(values["count"])),
        "last": lambda: draft.call("right", term, int(values["count"])),
        "between": lambda: draft.call("between", term, values["from"], values["to"]),
        "before": lambda: draft.call("before", term, values["mark"], int(values["nth"])),
        "after": lambda: draft.call("after", term, values["mark"], int(values["nth"])),
        "pattern": lambda: _match(draft, term, values["pattern"], int(values["nth"])),
        "number": lambda: draft.call("number", kinds.TEXT, term),
    }[how]()
    draft.assign({values["into"]: made})


def _match(draft: Draft, term: Any, pattern: str, nth: int) -> Any:
    """The first group, where the pattern has one: that is what people mean by it."""
    if "(" in pattern.replace("\\(", "").replace("(?", "") and nth == 1:
        return _group(draft, term, pattern, 1)
    return draft.call("match", term, pattern, nth)


def _cleaned(draft: Draft, column: str, values: Values) -> Any:
    term = draft.column(column)
    for removed in values["remove"]:
        term = _without(draft, term, removed)
    if values["spaces"] != "keep":
        term = draft.call("clean" if values["spaces"] == "all" else "trim", term)
    if values["case"] != "keep":
        term = draft.call(values["case"], term)
    return term


def _without(draft: Draft, term: Any, removed: str) -> Any:
    if removed == "accents":
        return draft.call("replace_pattern", term.str.normalize("NFKD"), MARKS, "")
    if removed == "letters" and not draft.is_polars:
        return draft.call("replace_pattern", term, r"[^\W\d_]", "")
    return draft.call("replace_pattern", term, _REMOVED[removed], "")


def _clean(draft: Draft, values: Values) -> None:
    draft.assign({column: _cleaned(draft, column, values) for column in values["columns"]})


_SPLIT_BY = (("delimiter", "a mark between the parts"), ("width", "widths"), ("pattern", "a regular expression"))
_HOW = (
    ("between", "between two marks"),
    ("before", "before a mark"),
    ("after", "after a mark"),
    ("first", "the first characters"),
    ("last", "the last characters"),
    ("number", "the number in it"),
    ("pattern", "a regular expression"),
)
_CASES = (
    ("keep", "as it is"),
    ("lower", "small letters"),
    ("upper", "CAPITALS"),
    ("title", "Every Word"),
    ("capitalize", "First letter"),
)

STEPS = (
    StepKind(
        "split_column",
        "Split column",
        GROUP,
        "Cuts a text into several columns.",
        (
            Parameter("column", "Column", "column", required=True, of=(kinds.TEXT,)),
            Parameter("into", "New columns", "texts", required=True, gives_column=True, help="A name for each part."),
            Parameter("by", "By", "choice", default="delimiter", choices=_SPLIT_BY),
            Parameter("delimiter", "Mark", "text", required=True, default=",", when={"by": ("delimiter",)}),
            Parameter(
                "rest",
                "More parts than columns",
                "choice",
                default="drop",
                choices=(("drop", "are dropped"), ("last", "stay together in the last")),
                when={"by": ("delimiter",)},
            ),
            Parameter("widths", "Widths", "numbers", required=True, default=[], least=0, when={"by": ("width",)}),
            Parameter(
                "pattern",
                "Pattern",
                "pattern",
                required=True,
                default="",
                help="With a group in brackets for every new column.",
                when={"by": ("pattern",)},
            ),
            Parameter("keep", "Keep the column", "boolean", default=True),
        ),
        _split,
        _split,
        lambda values: f"Split {values['column']} into {', '.join(values['into'])}",
    ),
    StepKind(
        "extract",
        "Extract from text",
        GROUP,
        "Takes one part of a text into a column.",
        (
            Parameter("column", "Column", "column", required=True, of=(kinds.TEXT,)),
            Parameter("into", "New column", "text", required=True, gives_column=True),
            Parameter("how", "What", "choice", default="between", choices=_HOW),
            Parameter("from", "After", "text", required=True, default="", when={"how": ("between",)}),
            Parameter("to", "Before", "text", required=True, default="", when={"how": ("between",)}),
            Parameter("mark", "Mark", "text", required=True, default="", when={"how": ("before", "after")}),
            Parameter("count", "Characters", "integer", default=1, least=0, when={"how": ("first", "last")}),
            Parameter(
                "pattern",
                "Pattern",
                "pattern",
                required=True,
                default="",
                help="What its first group finds, or all of it when it has none.",
                when={"how": ("pattern",)},
            ),
            Parameter(
                "nth",
                "Which one",
                "integer",
                default=1,
                help="1 is the first, -1 the last.",
                when={"how": ("before", "after", "pattern")},
            ),
        ),
        _extract,
        _extract,
        lambda values: f"Extract {dict(_HOW)[values['how']]} of {values['column']} into {values['into']}",
    ),
    StepKind(
        "clean_text",
        "Clean text",
        GROUP,
        "Removes spaces and characters, changes the case.",
        (
            Parameter("columns", "Columns", "columns", required=True, of=(kinds.TEXT,)),
            Parameter(
                "spaces",
                "Spaces",
                "choice",
                default="ends",
                choices=(
                    ("keep", "as they are"),
                    ("ends", "none at the ends"),
                    ("all", "one at most, none at the ends"),
                ),
            ),
            Parameter("case", "Case", "choice", default="keep", choices=_CASES),
            Parameter(
                "remove",
                "Remove",
                "choices",
                default=[],
                choices=(
                    ("accents", "accents"),
                    ("digits", "digits"),
                    ("letters", "letters"),
                    ("punctuation", "punctuation"),
                    ("spaces", "all spaces"),
                ),
            ),
        ),
        _clean,
        _clean,
        lambda values: f"Clean {', '.join(values['columns'])}",
    ),
)
