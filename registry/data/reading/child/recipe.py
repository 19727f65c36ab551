"""Questions about recipes: what each step makes of a sample, programs found from examples, the recipe as code.

Polars runs here and nowhere else in the studio: whatever a step does to it costs this process only.
"""

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from registry.data.reading.child import samples, sketches
from registry.data.reading.child.limits import Limits
from registry.data.reading.child.sentences import Problem

if TYPE_CHECKING:
    import polars
    from atelier.dataflow import Step
    from atelier.dataflow.examples import Program

OTHER_ROWS = 100_000  # of each table that is joined
SHOWN_PROGRAMS = 6
SHOWN_DOUBTS = 40
# What values of another shape than a step asks for can lead to.
HOSTILE = (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)


def answer(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The answer to one of `QUESTIONS`. Raises what `sentences` turns into a problem."""
    from atelier.dataflow import DataflowError

    try:
        return QUESTIONS[question["what"]](question, limits)
    except DataflowError as error:
        raise Problem("bad_recipe", getattr(error, "sentence", str(error))) from error


class Walk:
    """The table after each step, as far as the steps can be carried out."""

    def __init__(self, question: dict[str, Any], limits: Limits) -> None:
        from atelier.dataflow import Recipe

        self.recipe: Recipe = Recipe.from_dict(question["recipe"])
        self.frame = samples.frame_of(question["table"], question["sample"], limits)
        first = {"mode": "first", "size": OTHER_ROWS, "seed": 0}
        self.others = {ref: samples.frame_of(one, first, limits) for ref, one in question["others"].items()}
        self.missing: dict[str, str] = question.get("missing") or {}
        self.steps: list[dict[str, Any]] = []

    def to(self, upto: int, *, and_on: bool = False) -> "polars.DataFrame":
        """The table after this step; what can't be carried out is noted, and leaves the table as it was.

        With `and_on` the steps behind it are tried too.
        """
        is_broken, wanted = False, self.frame
        for number, step in enumerate(self.recipe.steps if and_on else self.recipe.steps[:upto], start=1):
            told: dict[str, Any] = {"step": number, "sentence": step.sentence, "problems": [], "rows": None}
            self.steps.append(told)
            if is_broken:
                told["is_waiting"] = True
            elif step.enabled:
                told["problems"] = self._carry_out(step, number)
                is_broken = bool(told["problems"])
            if not is_broken:
                told["rows"] = self.frame.height
                told["columns"] = columns_of(self.frame)
            wanted = self.frame if number <= upto else wanted
        return wanted

    def _carry_out(self, step: "Step", number: int) -> list[dict[str, Any]]:
        import polars
        from atelier.dataflow import RecipeError, carrying_out, checking
        from atelier.dataflow.steps.combine import others_of

        known = {ref: dict(frame.schema) for ref, frame in self.others.items()}
        try:
            for other in others_of(step.kind, step.values):
                if other in self.missing:
                    return [_problem(number, "other" if step.kind == "join" else "others", self.missing[other])]
            found = checking.check((step,), dict(self.frame.schema), known)
            if found:
                return [{**one.as_dict(), "step": number} for one in found]
            tables = {ref: frame.lazy() for ref, frame in self.others.items()}
            made = carrying_out.after(step, self.frame.lazy(), tables, number).collect()
        except RecipeError as error:
            return [_problem(number, error.parameter, error.sentence)]
        except polars.exceptions.PolarsError as error:
            return [_problem(number, "", carrying_out.said(error))]
        except HOSTILE:
            return [_problem(number, "", f"{step.described.label} can't be carried out with these parameters.")]
        self.frame = made
        return []


def _problem(number: int, parameter: str, sentence: str) -> dict[str, Any]:
    return {"step": number, "parameter": parameter, "sentence": sentence, "start": None, "end": None}


def columns_of(frame: "polars.DataFrame") -> list[dict[str, str]]:
    from atelier.dataflow import column_types

    words = column_types.words_of(dict(frame.schema))
    return [{"name": name, "type": words[name], "native": str(kind)} for name, kind in frame.schema.items()]


def preview(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Rows, columns and sketches after the step `upto`, and what every step of the recipe says of itself."""
    walk = Walk(question, limits)
    source = walk.frame
    frame = walk.to(int(question["upto"]), and_on=True)
    columns = columns_of(frame)
    return {
        "columns": columns,
        "source_columns": columns_of(source),
        "source_rows": source.height,
        "rows": sketches.rows_of(frame),
        "row_count": frame.height,
        "sketches": [sketches.sketch(frame[one["name"]], one["type"]) for one in columns],
        "steps": walk.steps,
        "problems": [problem for step in walk.steps for problem in step["problems"]],
        "others": {ref: columns_of(frame) for ref, frame in walk.others.items()},
    }


def check(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """What can't work, on the sample too, and the columns in the end."""
    walk = Walk(question, limits)
    frame = walk.to(len(walk.recipe.steps))
    return {
        "problems": [problem for step in walk.steps for problem in step["problems"]],
        "columns": columns_of(frame),
    }


def code(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The recipe as a program of its own, exact about the types of the source's columns."""
    walk = Walk(question, limits)
    problems = check(question, limits)["problems"]
    if problems:
        raise Problem("bad_recipe", f"Step {problems[0]['step']}: {problems[0]['sentence']}")
    return {"code": walk.recipe.code(question["to"], dict(walk.frame.schema))}


def derive(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Programs for one new column, from what is wanted in a few rows."""
    from atelier.dataflow import examples

    rows = _rows(question, limits)
    wanted = {int(one["row"]): one["wanted"] for one in question["examples"]}
    programs = examples.derive(rows, wanted, columns=question.get("columns") or None)
    return {"columns": [_column(programs, rows, set(wanted))]}


def split(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Programs for several new columns, each from its part of what is wanted."""
    from atelier.dataflow import examples

    rows = _rows(question, limits)
    wanted = {int(one["row"]): one["wanted"] for one in question["examples"]}
    found = examples.split(rows, question["column"], wanted)
    return {"columns": [_column(programs, rows, set(wanted)) for programs in found]}


def like(question: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Conditions that hold in the rows to keep and not in those to drop."""
    from atelier.dataflow import examples

    rows = _rows(question, limits)
    keep, drop = question["keep"], question["drop"]
    rules = examples.filter_rows(rows, keep, drop, columns=question.get("columns") or None)
    if not rules:
        return {"columns": [_column([], rows, set())]}
    fits = [rule.fits(rows) for rule in rules[:SHOWN_PROGRAMS]]
    shown = {*keep, *drop}
    doubts = [
        {"row": row, "values": [kept[row] for kept in fits]}
        for row in rules[0].ambiguous(rows)
        if row not in shown and len({kept[row] for kept in fits}) > 1
    ]
    programs = [
        {"expression": rule.expression, "cost": round(rule.cost, 3), "kept": sum(kept)}
        for rule, kept in zip(rules, fits, strict=False)
    ]
    return {
        "columns": [
            {"programs": programs, "values": fits[0], "doubts": doubts[:SHOWN_DOUBTS], "doubt_count": len(doubts)}
        ]
    }


def _rows(question: dict[str, Any], limits: Limits) -> list[dict[str, Any]]:
    """The sample's rows before the step that is being made."""
    walk = Walk(question, limits)
    frame = walk.to(int(question["upto"]))
    problems = [problem for step in walk.steps for problem in step["problems"]]
    if problems:
        raise Problem("bad_recipe", f"Step {problems[0]['step']}: {problems[0]['sentence']}")
    column = question.get("column")
    for wanted in [*(question.get("columns") or []), *([column] if column else [])]:
        if wanted not in frame.columns:
            raise Problem("bad_recipe", f"There is no column “{wanted[:100]}” here.")
    return frame.to_dicts()


def _column(programs: "list[Program]", rows: list[dict[str, Any]], shown: set[int]) -> dict[str, Any]:
    """The programs, what the best one gives everywhere, and the rows where others as good would give something else."""
    from atelier.dataflow.examples import Program

    if not programs:
        return {"programs": [], "values": [], "doubts": [], "doubt_count": 0}
    found = [_plain(one) for one in programs[0].apply_all(rows)]
    rows_in_doubt = [row for row in programs[0].ambiguous(rows) if row not in shown]
    few = [rows[row] for row in rows_in_doubt[:SHOWN_DOUBTS]]
    rivals = [programs[0], *(Program(rival) for rival in programs[0].rivals[: SHOWN_PROGRAMS - 1])]
    others = [program.apply_all(few) for program in rivals] if few else []
    alternatives = [list(dict.fromkeys(other[at] or "" for other in others)) for at in range(len(few))]
    doubts = [
        {"row": row, "values": values}
        for row, values in zip(rows_in_doubt, alternatives, strict=False)
        if len(values) > 1
    ]
    listed = [{"expression": one.expression, "cost": round(one.cost, 3)} for one in programs[:SHOWN_PROGRAMS]]
    return {"programs": listed, "values": found, "doubts": doubts, "doubt_count": len(rows_in_doubt) if doubts else 0}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, datetime.date | datetime.time) else value


QUESTIONS: dict[str, Callable[[dict[str, Any], Limits], dict[str, Any]]] = {
    "recipe": preview,
    "recipe_check": check,
    "recipe_code": code,
    "derive": derive,
    "split": split,
    "filter": like,
}
