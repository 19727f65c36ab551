"""What the command prints: tables for people, JSON for programs, errors as one sentence."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from atelier import _config, _errors
from atelier._cli import session

COLOURS = {
    "completed": "32",
    "running": "34",
    "failed": "31",
    "canceled": "33",
}

# What begins a line of a difference, and its colour.
DIFF_LINES = {"hunk": ("", "36"), "same": (" ", ""), "added": ("+", "32"), "removed": ("-", "31")}


def as_json(value: Any) -> None:
    """Prints a value as JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[tuple[str, str]], *, empty: str) -> None:
    """Prints rows in aligned columns; `columns` are `(heading, key)`."""
    lines = [[cell(row.get(key)) for _, key in columns] for row in rows]
    if not lines:
        print(empty, file=sys.stderr)
        return
    headings = [heading for heading, _ in columns]
    widths = [max(len(line[at]) for line in (headings, *lines)) for at in range(len(columns))]
    _print_line(headings, widths, heading=True)
    for line in lines:
        _print_line(line, widths)


def pairs(values: Mapping[str, Any]) -> None:
    """Prints names and values below each other; empty values are left out."""
    shown = {name: cell(value) for name, value in values.items() if value not in (None, "", {}, [])}
    width = max((len(name) for name in shown), default=0)
    for name, value in shown.items():
        print(f"{name.ljust(width)}  {_coloured(value)}")


def rows(
    options: argparse.Namespace,
    found: Sequence[Mapping[str, Any]],
    columns: Sequence[tuple[str, str]],
    *,
    empty: str,
    shown: Iterable[Mapping[str, Any]] | None = None,
) -> None:
    """Prints a list: what the server said as JSON, or a table (of `shown`, where people read it in other words)."""
    if options.output == "json":
        as_json(found)
    else:
        table(found if shown is None else shown, columns, empty=empty)


def record(options: argparse.Namespace, found: Mapping[str, Any], names: Sequence[str] = ()) -> None:
    """Prints one thing: all of it as JSON; its values, or those of `names`, below each other, its page as it is opened."""
    if options.output == "json":
        as_json(found)
        return
    shown = {name: found[name] for name in names or found}
    if str(shown.get("url") or "").startswith("/"):
        shown["url"] = session.client(options).page(shown["url"])
    pairs(shown)


def done(options: argparse.Namespace, found: Any, sentence: str) -> None:
    """Says what was done: the thing as JSON, or a sentence."""
    if options.output == "json":
        as_json(found)
    else:
        say(sentence)


def saved(options: argparse.Namespace, paths: Sequence[Path], folder: str | Path) -> None:
    """Says which files were saved."""
    done(options, [str(path) for path in paths], f"{many(len(paths), 'file')} saved to {folder}.")


def ask(question: str) -> None:
    """Goes on when the person says yes. Raises `UsageError` for anything else, and where nobody can be asked."""
    if not sys.stdin.isatty() or input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise _errors.UsageError("Nothing was changed. Say --yes to go on without being asked.")


def diff(file: Mapping[str, Any]) -> None:
    """Prints how one file changed, as `diff -u` does."""
    path = printable(str(file["path"]))
    print(_escape("1", f"--- {'/dev/null' if file['change'] == 'added' else f'a/{path}'}"))
    print(_escape("1", f"+++ {'/dev/null' if file['change'] == 'removed' else f'b/{path}'}"))
    for line in file["lines"]:
        mark, colour = DIFF_LINES[line["kind"]]
        text = f"{mark}{printable(line['text'].expandtabs())}"
        print(_escape(colour, text) if colour else text)
    if file["note"]:
        say(f"{path}: {file['note']}")


def say(text: str) -> None:
    """A remark to the person; never part of what a program reads."""
    print(printable(text), file=sys.stderr)


def error(text: str, request_id: str = "") -> None:
    """An error: one sentence a line."""
    suffix = f" (request {request_id})" if request_id else ""
    print(f"atelier: {printable(text, keep_lines=True)}{suffix}", file=sys.stderr)


def cell(value: Any) -> str:
    """A value as one short line without control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={cell(item)}" for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(item) for item in value)
    return printable(str(value))


def printable(text: str, *, keep_lines: bool = False) -> str:
    """A text that cannot move the cursor or change colours: names come from other people. Its lines become one."""
    if not keep_lines:
        text = text.replace("\n", " ")
    return "".join(letter if letter.isprintable() or (keep_lines and letter == "\n") else "\ufffd" for letter in text)


def many(count: int, thing: str) -> str:
    """A number of things: `1 run`, `1,204 runs`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def ago(moment: Any) -> str:
    """How long ago an ISO time was."""
    if not moment:
        return ""
    try:
        then = datetime.fromisoformat(str(moment).replace("Z", "+00:00"))
    except ValueError:
        return str(moment)
    seconds = max(0.0, (datetime.now(timezone.utc) - then).total_seconds())
    return f"{duration(int(seconds))} ago"


def duration(seconds: Any) -> str:
    """Seconds in the largest fitting unit."""
    if seconds is None or seconds == "":
        return ""
    value = float(seconds)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if value >= size:
            amount = value / size
            return f"{amount:,.0f} {unit}" if amount >= 100 else f"{amount:.3g} {unit}"
    return f"{value:.3g} s"


def write_log(text: str) -> None:
    """Prints a piece of a log byte for byte and at once."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.flush()


def _print_line(cells: Sequence[str], widths: Sequence[int], *, heading: bool = False) -> None:
    padded = [text.ljust(width) for text, width in zip(cells, widths)]
    if heading:
        print(_escape("1", "  ".join(padded).rstrip()))
    else:
        print("  ".join(_coloured(text) for text in padded).rstrip())


def _coloured(text: str) -> str:
    code = COLOURS.get(text.strip())
    return _escape(code, text) if code else text


def _escape(code: str, text: str) -> str:
    if not _config.wants_colour(sys.stdout.isatty()):
        return text
    return f"\033[{code}m{text}\033[0m"
