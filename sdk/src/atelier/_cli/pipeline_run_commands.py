"""The commands of pipelines' runs, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_RUN = arg("run", metavar="RUN", help="the id of the pipeline's run")
_STEP = arg("step", metavar="STEP", help="the step's path, such as train or each[3].fit")
_PORT = arg("port", metavar="PORT", help="the name of its output")

PIPELINE_RUN = (
    Verb("show", "Show a pipeline's run with its steps.", "atelier pipeline-run show k3v9x2m7qabc", "pipeline_runs.show", (_RUN,)),
    Verb("step", "Show what a step was given and what it left.", "atelier pipeline-run step k3v9x2m7qabc train", "pipeline_runs.step", (_RUN, _STEP)),
    Verb(
        "result",
        "Show what went through a wire: rows of a table, a value, an evaluation.",
        "atelier pipeline-run result k3v9x2m7qabc clean cleaned_dataset --where 'price > 10000'",
        "pipeline_runs.result",
        (
            _RUN,
            _STEP,
            _PORT,
            arg("--limit", type=int, default=20, metavar="N", help="at most this many rows (default 20)"),
            arg("--where", default="", metavar="CONDITION", help="only rows where this holds, as in SQL"),
        ),
    ),
    Verb(
        "rerun",
        "Run a pipeline again, from the steps that failed.",
        "atelier pipeline-run rerun k3v9x2m7qabc",
        "pipeline_runs.rerun",
        (_RUN, arg("--all", action="store_true", help="all of it; what is the same is reused")),
    ),
    Verb(
        "compare",
        "Say what differs between two runs, step by step.",
        "atelier pipeline-run compare k3v9x2m7qabc m7q2xk9v3bcd",
        "pipeline_runs.compare",
        (arg("before", metavar="BEFORE", help="the id of one run"), arg("after", metavar="AFTER", help="the id of the other")),
    ),
    Verb(
        "inference",
        "Make an inference pipeline of what a run learned.",
        "atelier pipeline-run inference k3v9x2m7qabc --kind realtime",
        "pipeline_runs.inference",
        (
            _RUN,
            arg("--kind", choices=("realtime", "batch"), default="realtime", help="realtime answers requests, batch scores a table"),
            arg("--node", default="", metavar="NODE", help="the step that scores, where there are several"),
            arg("-n", "--name", default="", help="the new pipeline's name"),
        ),
    ),
)  # fmt: skip
