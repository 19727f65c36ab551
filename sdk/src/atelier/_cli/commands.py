"""Every command with its help, an example and the function that does it."""

from __future__ import annotations

from atelier._cli import (
    batch_commands,
    component_commands,
    compute_commands,
    data_commands,
    edge_commands,
    endpoint_commands,
    environment_commands,
    exchange_commands,
    image_commands,
    logged_model_commands,
    model_commands,
    pipeline_commands,
    pipeline_run_commands,
    serving_commands,
    trace_commands,
    trash_commands,
    view_commands,
    webhook_commands,
)
from atelier._cli.parser import TAGS, Verb, arg

RUN_ID = arg("run", metavar="RUN", help="the run's id")
RUN_IDS = arg("runs", metavar="RUN", nargs="+", help="the runs' ids")
SET = arg(
    "--set", action="append", default=[], metavar="NAME=VALUE", help="change one value of the job, e.g. inputs.lr=0.1"
)
LIMIT = arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)")
ROLE = {"choices": ("owner", "contributor", "reader")}

TOP = (
    Verb(
        "login",
        "Remember a server and a token.",
        "atelier login http://127.0.0.1:8000",
        "account.login",
        (
            arg("url", metavar="URL", help="the server's address"),
            arg("--token", help="the token; without it, it is asked for or read from standard input"),
        ),
    ),
    Verb(
        "config",
        "Show the settings in force.",
        "atelier config --show-origin",
        "account.config",
        (arg("--show-origin", action="store_true", help="say where each value comes from"),),
    ),
    Verb(
        "sync",
        "Send what scripts recorded while the server was away.",
        "atelier sync",
        "account.sync",
        (arg("directory", metavar="DIR", nargs="?", help="a journal or a folder of journals (default: ATELIER_DIR)"),),
    ),
    Verb(
        "lineage",
        "Show what a thing came from and what came of it: data, runs, models, images, endpoints.",
        "atelier lineage model digits:3",
        "lineage.lineage",
        (
            arg(
                "kind",
                choices=("data", "environment", "run", "model", "image", "deployment", "endpoint"),
                help="what it is",
            ),
            arg(
                "name", metavar="NAME", help="a run's id, digits:3 or digits@champion, iris, iris/blue for a deployment"
            ),
        ),
    ),
    *trash_commands.TOP,
    *serving_commands.TOP,
)

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

WORKSPACE = (
    Verb("list", "List your workspaces.", "atelier workspace list", "people.workspaces"),
    Verb(
        "use",
        "Choose the workspace of later commands.",
        "atelier workspace use vision",
        "people.use_workspace",
        (arg("name", metavar="NAME", help="the workspace's short name"),),
    ),
    Verb(
        "show",
        "Show a workspace.",
        "atelier workspace show vision",
        "people.show_workspace",
        (arg("name", metavar="NAME", nargs="?", help="the workspace (default: the one in use)"),),
    ),
    Verb(
        "create",
        "Create a workspace.",
        'atelier workspace create vision --title "Vision team"',
        "people.create_workspace",
        (
            arg("name", metavar="NAME", help="the short name used in addresses"),
            arg("--title", help="the name people read"),
            arg("--description", default="", help="what it is for"),
        ),
    ),
)

EXPERIMENT = (
    Verb(
        "list",
        "List experiments.",
        "atelier experiment list",
        "listings.experiments",
        (arg("--archived", action="store_true", help="archived experiments instead"),),
    ),
    Verb(
        "show",
        "Show an experiment.",
        "atelier experiment show vision/digits",
        "listings.show_experiment",
        (arg("path", metavar="PATH", help="the experiment's path"),),
    ),
    Verb(
        "create",
        "Create an experiment.",
        "atelier experiment create vision/digits",
        "listings.create_experiment",
        (arg("path", metavar="PATH", help="the path"), arg("--description", default="", help="what it is about")),
    ),
    Verb(
        "edit",
        "Change what is said of an experiment.",
        'atelier experiment edit vision/digits --description "Handwritten digits"',
        "listings.edit_experiment",
        (arg("path", metavar="PATH", help="the path"), arg("--description", required=True, help="what it is about")),
    ),
    Verb(
        "archive",
        "Hide an experiment from lists.",
        "atelier experiment archive vision/digits",
        "listings.archive_experiment",
        (arg("path", metavar="PATH", help="the experiment's path"),),
    ),
    *trash_commands.EXPERIMENT,
)

ACTIVITY = (
    Verb("list", "List long operations, newest first.", "atelier activity list", "listings.activities", (LIMIT,)),
)

NOTIFICATION = (
    Verb("list", "List your notifications.", "atelier notification list", "listings.notifications", (LIMIT,)),
    Verb(
        "read",
        "Mark notifications as read.",
        "atelier notification read --all",
        "listings.read_notifications",
        (
            arg("ids", metavar="ID", nargs="*", type=int, help="the notifications' numbers"),
            arg("--all", action="store_true", help="all of them"),
        ),
    ),
)

MEMBER = (
    Verb("list", "List the members of a workspace.", "atelier member list", "people.members"),
    Verb(
        "invite",
        "Invite a person; prints the link to send.",
        "atelier member invite grace@example.org --role reader",
        "people.invite",
        (arg("email", metavar="EMAIL", help="the person's address"), arg("--role", default="contributor", **ROLE)),
    ),
    Verb(
        "set-role",
        "Change a member's role.",
        "atelier member set-role grace@example.org contributor",
        "people.set_role",
        (arg("member", metavar="EMAIL", help="the member's address or number"), arg("role", **ROLE)),
    ),
    Verb(
        "remove",
        "Remove a member.",
        "atelier member remove grace@example.org",
        "people.remove_member",
        (arg("member", metavar="EMAIL", help="the member's address or number"),),
    ),
)

TOKEN = (
    Verb("list", "List your API tokens.", "atelier token list", "people.tokens"),
    Verb(
        "create",
        "Create an API token; it is shown once.",
        "atelier token create laptop --scope read --days 90",
        "people.create_token",
        (
            arg("name", metavar="NAME", help="what it is for"),
            arg("--scope", choices=("write", "read"), default="write", help="read: may change nothing"),
            arg("--days", type=int, default=90, help="expires after this many days (default 90)"),
        ),
    ),
    Verb(
        "revoke",
        "Revoke an API token.",
        "atelier token revoke 3",
        "people.revoke_token",
        (arg("id", metavar="ID", type=int, help="the token's number"),),
    ),
)

REPORT_ID = arg("report", metavar="REPORT", help="the report's id")
REPORT = (
    Verb("list", "List reports, the last changed first.", "atelier report list", "reports.list_reports"),
    Verb(
        "show",
        "Print the text of a report.",
        "atelier report show k3v9x2m7qabc",
        "reports.show",
        (REPORT_ID, arg("--version", type=int, metavar="N", help="what an earlier version said")),
    ),
    Verb(
        "versions",
        "List the earlier versions of a report.",
        "atelier report versions k3v9x2m7qabc",
        "reports.versions",
        (REPORT_ID,),
    ),
    Verb(
        "write",
        "Make a report of a Markdown file, or the next version of one.",
        "atelier report write results.md --title Results --publish",
        "reports.write",
        (
            arg("file", metavar="FILE", help="the Markdown file"),
            arg("--report", metavar="REPORT", help="the report to write anew (default: a new one)"),
            arg("--title", help="its title (default: the file's name)"),
            arg("--publish", action="store_true", help="let every member read it"),
        ),
    ),
    Verb(
        "pdf",
        "Save a report as a PDF.",
        "atelier report pdf k3v9x2m7qabc --to results.pdf",
        "reports.save_pdf",
        (REPORT_ID, arg("--to", metavar="FILE", help="the file to write")),
    ),
    Verb(
        "publish",
        "Let every member read a report, or make it a draft again.",
        "atelier report publish k3v9x2m7qabc",
        "reports.publish",
        (REPORT_ID, arg("--draft", action="store_true", help="make it a draft again")),
    ),
    Verb("delete", "Delete a report.", "atelier report delete k3v9x2m7qabc", "reports.delete", (REPORT_ID,)),
)

NOUNS = (
    ("run", "Submit, follow and compare runs.", RUN),
    ("experiment", "Experiments of the workspace.", EXPERIMENT),
    ("model", "Registered models and their versions.", model_commands.MODEL),
    ("logged-model", "Models that runs logged through MLflow.", logged_model_commands.LOGGED_MODEL),
    ("trace", "What applications did, step by step.", trace_commands.TRACE),
    ("data", "Data with a name and versions.", data_commands.DATA),
    ("datastore", "Places that hold data.", data_commands.DATASTORE),
    ("dataflow", "Recipes that clean data.", data_commands.DATAFLOW),
    ("secret", "The key vault: values go in, none comes out.", data_commands.SECRET),
    ("connection", "Addresses with credentials.", data_commands.CONNECTION),
    ("address-rule", "Places here that stand for addresses outside.", data_commands.ADDRESS_RULE),
    ("image", "Images of models, ready to be started anywhere.", image_commands.IMAGE),
    ("endpoint", "Models behind an address.", endpoint_commands.ENDPOINT),
    ("deployment", "What stands behind an endpoint.", endpoint_commands.DEPLOYMENT),
    ("component", "What pipelines are made of.", component_commands.COMPONENT),
    ("pipeline", "Pipelines and their files.", (*pipeline_commands.PIPELINE, *component_commands.PIPELINE)),
    ("pipeline-endpoint", "Published pipelines.", pipeline_commands.ENDPOINT),
    ("schedule", "What runs by itself.", pipeline_commands.SCHEDULE),
    ("pipeline-run", "Runs of pipelines and their steps.", pipeline_run_commands.PIPELINE_RUN),
    ("batch-endpoint", "Whole inputs scored by jobs.", batch_commands.ENDPOINT),
    ("batch-deployment", "What a batch endpoint scores with.", batch_commands.DEPLOYMENT),
    ("device", "Machines elsewhere that run images.", edge_commands.DEVICE),
    ("edge", "What runs on such a machine: the agent.", edge_commands.EDGE),
    ("compute", "Where jobs run.", compute_commands.COMPUTE),
    ("environment", "What jobs run in.", environment_commands.ENVIRONMENT),
    ("activity", "Long operations.", ACTIVITY),
    ("notification", "What the bell shows.", NOTIFICATION),
    ("view", "Saved views of the runs table.", view_commands.VIEW),
    ("report", "Pages of text with live charts.", REPORT),
    ("trash", "What was deleted, and what was removed for good.", trash_commands.TRASH),
    ("webhook", "Messages to other systems.", webhook_commands.WEBHOOK),
    ("import", "Bring runs in from other trackers.", exchange_commands.IMPORT),
    ("export", "Take runs out into a zip of open formats.", exchange_commands.EXPORT),
    ("workspace", "Workspaces you are in.", WORKSPACE),
    ("member", "People of the workspace.", MEMBER),
    ("token", "Your API tokens.", TOKEN),
)
