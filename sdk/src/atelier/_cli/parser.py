"""The nouns, verbs and options of the command, as one table a reader can search."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

Parser = argparse.ArgumentParser
Handler = Callable[[argparse.Namespace], "int | None"]

EXIT_CODES = "exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 denied, 5 conflict"


@dataclass(frozen=True)
class Argument:
    """One option or argument of a verb."""

    names: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verb:
    """One command. `handler` is `module.function` below `atelier._cli`, imported when the command runs."""

    name: str
    help: str
    example: str
    handler: str
    arguments: tuple[Argument, ...] = ()


def arg(*names: str, **options: Any) -> Argument:
    """One option or argument."""
    return Argument(names, options)


TAGS = (
    arg("tags", metavar="NAME=VALUE", nargs="*", help="tags to set"),
    arg("--remove", action="append", default=[], metavar="NAME", help="a tag to remove (may be repeated)"),
)


def build() -> Parser:
    """The parser of all commands."""
    from atelier._cli import commands

    root = Parser(
        prog="atelier",
        description="Submit, follow and compare runs of an Atelier studio.",
        epilog=f"start with: atelier login http://127.0.0.1:8000 · {EXIT_CODES}",
    )
    root.add_argument("--version", action="version", version="atelier 0.1.0")
    shared = _shared_options()
    nouns = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for verb in commands.TOP:
        _add_verb(nouns, verb, shared, f"atelier {verb.name}")
    for noun, help_text, verbs in commands.NOUNS:
        group = nouns.add_parser(noun, help=help_text, description=help_text, epilog=EXIT_CODES)
        actions = group.add_subparsers(title="verbs", metavar="VERB", required=True)
        taken = {verb.name for verb in verbs}
        for verb in verbs:
            _add_verb(actions, verb, shared, f"atelier {noun} {verb.name}", also=_also(verb.name) - taken)
    return root


def _shared_options() -> Parser:
    shared = Parser(add_help=False)
    shared.add_argument("-o", "--output", choices=("table", "json"), default="table", help="how to print the answer")
    shared.add_argument("-w", "--workspace", help="the workspace (else ATELIER_WORKSPACE or the one in use)")
    shared.add_argument("--url", dest="server", metavar="URL", help="the server (else ATELIER_URL or the one in use)")
    return shared


def _also(name: str) -> set[str]:
    """What else people type for a verb."""
    return {"list": {"ls"}, "ls": {"list"}}.get(name, set())


def _add_verb(group: Any, verb: Verb, shared: Parser, command: str, also: Collection[str] = ()) -> None:
    parser = group.add_parser(
        verb.name,
        aliases=sorted(also),
        parents=[shared],
        help=verb.help,
        description=verb.help,
        epilog=f"example: {verb.example}\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for argument in verb.arguments:
        parser.add_argument(*argument.names, **argument.options)
    parser.set_defaults(handler=_lazy(verb.handler), command=command)


def _lazy(dotted: str) -> Handler:
    module, function = dotted.split(".")

    def run(options: argparse.Namespace) -> int | None:
        handler: Handler = getattr(importlib.import_module(f"atelier._cli.{module}"), function)
        return handler(options)

    return run
