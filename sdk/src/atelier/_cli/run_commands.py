"""The commands of runs, for the table in `commands`."""

from __future__ import annotations

from atelier._cli import trash_commands, view_commands
from atelier._cli.parser import TAGS, Verb, arg

RUN_ID = arg("run", metavar="RUN", help="the run's id")
RUN_IDS = arg("runs", metavar="RUN", nargs="+", help="the runs' ids")
SET = arg(
    "--set", action="append", default=[], metavar="NAME=VALUE", help="change one value of the job, e.g. inputs.lr=0.1"
)
LIMIT = arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)")

RUN = (
    Verb(
        "submit",
        "Submit a job file.",
        "atelier run submit examples/digits/job.yml --set inputs.lr=0.1 --stream",
        "runs.submit",
        (
            arg("file", metavar="FILE", help="the job file (YAML)"),
            SET,
            arg("--stream", action="store_true", help="print the log and end with the run's exit code"),
            arg("--name", help="the run's name"),
            arg("--experiment", metavar="PATH", help="the experiment, e.g. vision/digits"),
            arg("--dry-run", action="store_true", help="check the file and print the job; nothing is created"),
        ),
    ),
    Verb(
        "list",
        "List runs, newest first.",
        'atelier run list --filter "metrics.loss < 0.3" --order-by metrics.loss',
        "runs.list_runs",
        (
            arg("--experiment", metavar="PATH", help="only this experiment"),
            arg("--state", help="only this state, e.g. failed; live for all that have not ended"),
            arg("--tag", metavar="NAME:VALUE", help="only runs with this tag"),
            arg("--parent", metavar="RUN", help="only children of this run"),
            arg("-q", "--query", help="only runs whose name, id, tags or parameters have these words"),
            arg(
                "--filter",
                metavar="TEXT",
                help="only runs for which this holds, e.g. \"metrics.loss < 0.3 AND NOT status = 'failed'\"",
            ),
            arg(
                "--sort",
                "--order-by",
                metavar="ORDER",
                help='the order, e.g. "metrics.loss DESC, start_time" or -created',
            ),
            arg("--archived", action="store_true", help="archived runs instead"),
            LIMIT,
        ),
    ),
    Verb(
        "show", "Show one run with its parameters and metrics.", "atelier run show k3v9x2m7qabc", "runs.show", (RUN_ID,)
    ),
    Verb(
        "logs",
        "Print what a run has printed.",
        "atelier run logs k3v9x2m7qabc -f",
        "runs.logs",
        (RUN_ID, arg("-f", "--follow", action="store_true", help="go on until the run has ended")),
    ),
    Verb("cancel", "Stop runs.", "atelier run cancel k3v9x2m7qabc", "runs.cancel", (RUN_IDS,)),
    Verb(
        "download",
        "Save the artifacts of a run.",
        "atelier run download k3v9x2m7qabc --to results",
        "runs.download",
        (
            RUN_ID,
            arg("path", metavar="PATH", nargs="?", default="", help="only this file or folder"),
            arg("--to", metavar="DIR", help="the folder to save to (default: the run's id)"),
        ),
    ),
    Verb(
        "compare",
        "Show where runs differ.",
        "atelier run compare k3v9x2m7qabc m2p8w4c6tdef",
        "runs.compare",
        (RUN_IDS, arg("--all", action="store_true", help="show equal rows as well")),
    ),
    Verb(
        "diff",
        "Show how the code of two runs differs.",
        "atelier run diff k3v9x2m7qabc m2p8w4c6tdef",
        "runs.diff",
        (RUN_ID, arg("other", metavar="OTHER", help="the run whose code came after")),
    ),
    Verb(
        "why",
        "Rank what differs between a run and a baseline.",
        "atelier run why k3v9x2m7qabc --baseline m2p8w4c6tdef",
        "runs.why",
        (
            RUN_ID,
            arg("--baseline", metavar="RUN", required=True, help="the run to compare with"),
            arg("--metric", metavar="KEY", help="the metric to explain (default: the one that moved most)"),
        ),
    ),
    Verb(
        "clone",
        "Submit a run again with other values.",
        "atelier run clone k3v9x2m7qabc --set inputs.lr=0.01",
        "runs.clone",
        (
            RUN_ID,
            SET,
            arg("--stream", action="store_true", help="print the log and end with the run's exit code"),
            arg("--draft", action="store_true", help="create it without submitting it"),
        ),
    ),
    Verb("archive", "Hide runs from lists.", "atelier run archive k3v9x2m7qabc", "runs.archive", (RUN_IDS,)),
    *trash_commands.RUN,
    *view_commands.RUN,
    Verb(
        "tag",
        "Set or remove tags of a run.",
        "atelier run tag k3v9x2m7qabc team=vision --remove draft",
        "runs.tag",
        (RUN_ID, *TAGS),
    ),
)
