"""The commands of saved views and of many runs at once, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_VIEW = arg("view", metavar="VIEW", help="the view's id")
_STATE = arg("--state", metavar="FILE", help="JSON as `atelier view show` prints it")
_TO = arg("--to", metavar="FILE", required=True, help="the file to write: .csv, .json or .parquet")
_COLUMN = arg(
    "--column",
    action="append",
    default=[],
    metavar="COLUMN",
    help="metric:loss.min, param:lr, tag:team or attribute:state (may be repeated)",
)

VIEW = (
    Verb(
        "list",
        "List saved views: your own and the team's.",
        "atelier view list",
        "views.list_views",
        (arg("--experiment", metavar="PATH", help="only those made there"),),
    ),
    Verb("show", "Print what a view keeps, as JSON.", "atelier view show k3v9x2m7qabc", "views.show", (_VIEW,)),
    Verb(
        "save",
        "Keep a view of a filter and columns, or of a whole state.",
        'atelier view save best --filter "metrics.acc > 0.9" --column metric:acc.max --experiment vision/digits --team',
        "views.save",
        (
            arg("name", metavar="NAME", help="what it is called"),
            arg("--filter", metavar="TEXT", help="the runs, in the search language"),
            _COLUMN,
            _STATE,
            arg("--experiment", metavar="PATH", help="the experiment it is made for"),
            arg("--team", action="store_true", help="for the team instead of for yourself"),
            arg("--default", action="store_true", help="what the experiment opens with"),
        ),
    ),
    Verb(
        "edit",
        "Rename a view, share it, or give it another state.",
        "atelier view edit k3v9x2m7qabc --name best --share team",
        "views.edit",
        (
            _VIEW,
            arg("--name", help="what it is called"),
            _STATE,
            arg("--share", choices=("personal", "team"), help="whose it is"),
            arg("--default", choices=("yes", "no"), help="whether the experiment opens with it"),
        ),
    ),
    Verb("delete", "Delete a view; the runs stay.", "atelier view delete k3v9x2m7qabc", "views.delete", (_VIEW,)),
    Verb(
        "export",
        "Save the runs a view shows as CSV, JSON or Parquet.",
        "atelier view export k3v9x2m7qabc --to runs.parquet",
        "views.export",
        (_VIEW, _TO),
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
    Verb(
        "table",
        "Save the table of all runs that match as CSV, JSON or Parquet.",
        'atelier run table --filter "metrics.loss < 0.3" --column metric:loss.min --column param:lr --to runs.parquet',
        "views.export_table",
        (
            arg("--filter", metavar="TEXT", help="the runs, in the search language (default: all)"),
            arg("--experiment", metavar="PATH", help="only runs of this experiment"),
            _COLUMN,
            arg(
                "--order",
                action="append",
                default=[],
                metavar="COLUMN",
                help="sort by this column, descending with a - before it, as in --order=-metric:loss",
            ),
            _TO,
        ),
    ),
)
