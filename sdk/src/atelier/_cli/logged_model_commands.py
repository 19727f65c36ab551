"""The commands of logged models, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_MODEL = arg("model", metavar="MODEL", help="the model's id")

LOGGED_MODEL = (
    Verb(
        "list",
        "List logged models, newest first.",
        "atelier logged-model list --run k3v9x2m7qabc",
        "logged_models.list_models",
        (
            arg("filter", metavar="FILTER", nargs="?", default="", help="which ones, in the search language"),
            arg("--run", metavar="RUN", help="only those this run made"),
            arg("--experiment", metavar="PATH", help="only those of this experiment"),
            arg("--order-by", default="", metavar="ORDER", help='such as "metrics.accuracy DESC"'),
            arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)"),
        ),
    ),
    Verb(
        "show",
        "Show a logged model with its parameters, metrics and files.",
        "atelier logged-model show m-0123456789abcdef0123456789abcdef",
        "logged_models.show",
        (_MODEL,),
    ),
    Verb(
        "download",
        "Save the files of a logged model.",
        "atelier logged-model download m-0123456789abcdef0123456789abcdef --to model",
        "logged_models.download",
        (_MODEL, arg("--to", metavar="DIR", help="the folder to save to (default: the model's id)")),
    ),
)
