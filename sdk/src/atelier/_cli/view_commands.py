"""The commands of saved views and of many runs at once, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_VIEW = arg("view", metavar="VIEW", help="the view's id")

VIEW = (
    Verb("list", "List saved views: your own and the team's.", "atelier view list", "views.list_views"),
    Verb("show", "Print what a view keeps, as JSON.", "atelier view show k3v9x2m7qabc", "views.show", (_VIEW,)),
    Verb(
        "export",
        "Save the runs a view shows as CSV, JSON or Parquet.",
        "atelier view export k3v9x2m7qabc --to runs.parquet",
        "views.export",
        (_VIEW, arg("--to", metavar="FILE", required=True, help="the file to write: .csv, .json or .parquet")),
    ),
)

RUN = (
    Verb(
        "change",
        "Change all runs a filter finds.",
        'atelier run change "metrics.loss > 10" --action archive',
        "views.change",
        (
            arg("filter", metavar="FILTER", help="the runs, in the search language"),
            arg("--action", required=True, choices=("stop", "tag", "move", "archive", "restore", "trash")),
            arg("--experiment", metavar="PATH", help="only runs of this experiment"),
            arg("--tag", action="append", default=[], metavar="NAME=VALUE", help="a tag to set, with --action tag"),
            arg("--to", metavar="PATH", help="the experiment to move to, with --action move"),
        ),
    ),
)
