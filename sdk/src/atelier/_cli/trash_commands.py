"""The commands of the trash and the store, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_RUNS = arg("runs", metavar="RUN", nargs="+", help="the runs' ids")
_PATH = arg("path", metavar="PATH", help="the experiment's path")

_DRY_RUN = arg("--dry-run", action="store_true", help="say what would go and what is in the way; nothing is changed")

TRASH = (
    Verb("list", "List what is in the trash.", "atelier trash list", "trash.list_trash"),
    Verb(
        "receipts",
        "List what was removed for good, newest first.",
        "atelier trash receipts",
        "trash.receipts",
        (arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)"),),
    ),
    Verb(
        "receipt",
        "Show what a removal took, freed and kept.",
        "atelier trash receipt 7",
        "trash.receipt",
        (arg("number", metavar="NUMBER", type=int, help="the receipt's number"),),
    ),
)

TOP = (
    Verb(
        "purge",
        "Remove what is in the trash for good, or say what that would free.",
        "atelier purge --dry-run",
        "trash.purge",
        (
            arg("runs", metavar="RUN", nargs="*", help="only these runs of the trash (default: all of it)"),
            arg("--dry-run", action="store_true", help="say what would go; nothing is removed"),
            arg("--yes", action="store_true", help="do not ask"),
        ),
    ),
    Verb("storage", "Show what the store holds.", "atelier storage", "trash.storage"),
)

RUN = (
    Verb(
        "rm",
        "Put runs into the trash.",
        "atelier run rm k3v9x2m7qabc --dry-run",
        "trash.remove_runs",
        (_RUNS, _DRY_RUN),
    ),
    Verb(
        "restore",
        "Bring runs back from the trash or the archive.",
        "atelier run restore k3v9x2m7qabc",
        "trash.restore_runs",
        (_RUNS,),
    ),
)

EXPERIMENT = (
    Verb(
        "rm",
        "Put an experiment and its runs into the trash.",
        "atelier experiment rm vision/digits",
        "trash.remove_experiment",
        (_PATH, _DRY_RUN),
    ),
    Verb(
        "restore",
        "Bring an experiment back from the trash, with the runs that went with it.",
        "atelier experiment restore vision/digits",
        "trash.restore_experiment",
        (_PATH,),
    ),
)
