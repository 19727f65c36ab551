"""The commands of pipelines, published pipelines and schedules, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_PIPELINE = arg("pipeline", metavar="PIPELINE", help="its name or its number")
_NAME = arg("name", metavar="NAME", help="its name")
_YES = arg("--yes", action="store_true", help="do not ask")
_QUERY = arg("-q", "--query", default="", help="only those whose name or description has these words")
_LIMIT = arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)")
_VERSION = arg("--version", type=int, metavar="N", help="this version (else the draft)")
_EXPERIMENT = arg("--experiment", default="", metavar="PATH", help="the experiment of the run")
_SET = arg(
    "--set", action="append", default=[], metavar="NAME=VALUE", help="an input, e.g. inputs.rate=0.1 (may be repeated)"
)

PIPELINE = (
    Verb("list", "List the pipelines of the designer.", "atelier pipeline list", "pipelines.list_pipelines", (_QUERY, _LIMIT)),
    Verb("show", "Show a pipeline.", "atelier pipeline show prices", "pipelines.show", (_PIPELINE,)),
    Verb(
        "create",
        "Make a pipeline of a pipeline file, of a sample, or an empty one.",
        "atelier pipeline create -f pipeline.yml --name prices",
        "pipelines.create",
        (
            arg("-f", "--file", metavar="FILE", help="the pipeline file, YAML or JSON"),
            arg("--sample", default="", metavar="KEY", help="a sample, such as automobile_price"),
            arg("-n", "--name", default="", help="its name (else the file's)"),
        ),
    ),
    Verb(
        "export",
        "Print a pipeline as Azure ML's YAML.",
        "atelier pipeline export prices --to pipeline.yml",
        "pipelines.export",
        (_PIPELINE, _VERSION, arg("--to", metavar="FILE", help="write it there")),
    ),
    Verb(
        "run",
        "Run a pipeline as it is drawn, or a version of it.",
        "atelier pipeline run prices --set inputs.rate=0.1",
        "pipelines.run",
        (_PIPELINE, _VERSION, _SET, _EXPERIMENT, arg("--force", action="store_true", help="reuse nothing")),
    ),
    Verb("versions", "List the versions of a pipeline.", "atelier pipeline versions prices", "pipelines.versions", (_PIPELINE, _LIMIT)),
    Verb(
        "publish",
        "Publish a version of a pipeline under a name.",
        "atelier pipeline publish prices --name score-prices",
        "pipelines.publish",
        (_PIPELINE, arg("-n", "--name", required=True, help="the name of the published pipeline"), _VERSION),
    ),
    Verb(
        "model",
        "Make a model of a real-time inference pipeline, which can be deployed.",
        "atelier pipeline model prices-realtime --model prices",
        "pipelines.make_model",
        (
            _PIPELINE,
            arg("--model", required=True, metavar="MODEL", help="the model; one that is there gets its next version"),
            arg("--description", default="", help="what the version is"),
        ),
    ),
    Verb("delete", "Delete a pipeline with its versions; its runs stay.", "atelier pipeline delete prices --yes", "pipelines.delete", (_PIPELINE, _YES)),
)  # fmt: skip

ENDPOINT = (
    Verb("list", "List published pipelines.", "atelier pipeline-endpoint list", "pipelines.list_endpoints", (_QUERY, _LIMIT)),
    Verb("show", "Show a published pipeline with its parameters.", "atelier pipeline-endpoint show score-prices", "pipelines.show_endpoint", (_NAME,)),
    Verb(
        "invoke",
        "Start a run of a published pipeline.",
        "atelier pipeline-endpoint invoke score-prices --set inputs.rate=0.1",
        "pipelines.invoke",
        (_NAME, _SET, _EXPERIMENT, arg("--version", type=int, metavar="N", help="this version (else the one that answers)")),
    ),
    Verb("runs", "List what was started under its address.", "atelier pipeline-endpoint runs score-prices", "pipelines.endpoint_runs", (_NAME, _LIMIT)),
    Verb(
        "update",
        "Switch a published pipeline, or let another version answer.",
        "atelier pipeline-endpoint update score-prices --default-version 2",
        "pipelines.update_endpoint",
        (
            _NAME,
            arg("--default-version", type=int, metavar="N", help="the version that answers"),
            arg("--on", action="store_true", help="let it answer"),
            arg("--off", action="store_true", help="let it start nothing"),
        ),
    ),
    Verb("delete", "Delete a published pipeline; its runs stay.", "atelier pipeline-endpoint delete score-prices --yes", "pipelines.delete_endpoint", (_NAME, _YES)),
)  # fmt: skip

SCHEDULE = (
    Verb(
        "create",
        "Make a schedule of Azure ML's schedule file.",
        "atelier schedule create -f schedule.yml",
        "schedules.create",
        (arg("-f", "--file", required=True, metavar="FILE", help="the YAML file; the job file it names is sent along"),),
    ),
    Verb("list", "List schedules.", "atelier schedule list", "schedules.list_schedules", (_QUERY, _LIMIT)),
    Verb("show", "Show a schedule.", "atelier schedule show nightly", "schedules.show", (_NAME,)),
    Verb("firings", "List what a schedule did, newest first.", "atelier schedule firings nightly", "schedules.firings", (_NAME, _LIMIT)),
    Verb("pause", "Let a schedule rest.", "atelier schedule pause nightly", "schedules.pause", (_NAME,)),
    Verb("resume", "Let a schedule go on, from now.", "atelier schedule resume nightly", "schedules.resume", (_NAME,)),
    Verb("fire", "Start a schedule's run now.", "atelier schedule fire nightly", "schedules.fire", (_NAME,)),
    Verb(
        "backfill",
        "Run the times of a range that were never fired.",
        "atelier schedule backfill nightly --since 2026-03-01 --until 2026-03-08",
        "schedules.backfill",
        (
            _NAME,
            arg("--since", required=True, metavar="TIME", help="from here, ISO 8601; UTC unless it says otherwise"),
            arg("--until", required=True, metavar="TIME", help="to here"),
        ),
    ),
    Verb("delete", "Delete a schedule; its runs stay.", "atelier schedule delete nightly --yes", "schedules.delete", (_NAME, _YES)),
)  # fmt: skip
