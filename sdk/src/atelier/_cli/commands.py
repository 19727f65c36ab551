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
    run_commands,
    serving_commands,
    trace_commands,
    trash_commands,
    view_commands,
    webhook_commands,
)
from atelier._cli.parser import Verb, arg

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
    ("run", "Submit, follow and compare runs.", run_commands.RUN),
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
