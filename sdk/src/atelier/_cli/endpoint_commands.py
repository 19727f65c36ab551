"""The commands of endpoints and deployments, for the table in `commands`."""

from __future__ import annotations

import argparse

from atelier._cli.parser import Verb, arg

_ENDPOINT = arg("name", metavar="ENDPOINT", help="the endpoint's name")
_DEPLOYMENT = arg("name", metavar="DEPLOYMENT", help="the deployment's name")
_OF = arg(
    "-e", "--endpoint", "--endpoint-name", dest="endpoint", default="", metavar="ENDPOINT", help="the endpoint's name"
)
_OF_REQUIRED = arg(
    "-e",
    "--endpoint",
    "--endpoint-name",
    dest="endpoint",
    required=True,
    metavar="ENDPOINT",
    help="the endpoint's name",
)
_YES = arg("--yes", action="store_true", help="do not ask")
_LIMIT = arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)")
_SET = arg(
    "--set",
    action="append",
    default=[],
    metavar="NAME=VALUE",
    help="change one value of the file, e.g. instance_count=2 (may be repeated)",
)
_WAIT = arg(
    "--wait",
    "--stream",
    dest="wait",
    action="store_true",
    help="say what happens until it is ready; exit code 1 when it fails",
)

ENDPOINT = (
    Verb(
        "create",
        "Make an endpoint of a YAML file.",
        "atelier endpoint create -f endpoint.yml",
        "endpoints.create",
        (
            arg("-f", "--file", metavar="FILE", help="the YAML file that describes it"),
            arg("-n", "--name", default="", help="its name (else the file's)"),
            arg("--auth-mode", choices=("key", "aml_token"), help="how callers prove who they are (without a file; default key)"),
            arg("--description", help="what it answers (without a file)"),
            _SET,
        ),
    ),
    Verb(
        "list",
        "List endpoints.",
        "atelier endpoint list",
        "endpoints.list_endpoints",
        (arg("-q", "--query", default="", help="only those whose name or description has these words"), _LIMIT),
    ),
    Verb("show", "Show an endpoint with its deployments.", "atelier endpoint show iris", "endpoints.show", (_ENDPOINT,)),
    Verb(
        "update",
        "Share the traffic, mirror it, or change words.",
        'atelier endpoint update iris --traffic "blue=90 green=10"',
        "endpoints.update",
        (
            _ENDPOINT,
            arg("--traffic", metavar="SHARES", help='whole percentages that sum to 100: "blue=90 green=10"'),
            arg("--mirror-traffic", metavar="SHARE", help='copies for one deployment, at most 50: "green=10"; "" for none'),
            arg("--description", help="what it answers"),
            arg("--auth-mode", choices=("key", "aml_token"), help="how callers prove who they are"),
            arg("--tag", action="append", default=[], metavar="NAME=VALUE", help="its tags, all of them (may be repeated)"),
        ),
    ),
    Verb("rollback", "Share the traffic as before the last change.", "atelier endpoint rollback iris", "endpoints.roll_back", (_ENDPOINT,)),
    Verb(
        "invoke",
        "Send a request and print the answer.",
        "atelier endpoint invoke iris --request-file sample.json --deployment blue",
        "endpoints.invoke",
        (
            _ENDPOINT,
            arg("-r", "--request-file", metavar="FILE", help="the body; - or nothing: standard input"),
            arg("--deployment", "--deployment-name", dest="deployment", default="", metavar="DEPLOYMENT", help="this one, whatever the shares"),
            arg("--content-type", default="", metavar="TYPE", help="of the body (default: by the file's name, else application/json)"),
        ),
    ),
    Verb(
        "keys",
        "Print the two keys of an endpoint.",
        "atelier endpoint keys iris --regenerate primary",
        "endpoints.keys",
        (_ENDPOINT, arg("--regenerate", choices=("primary", "secondary"), help="make a new one first; the old one is refused"), _YES),
    ),
    Verb(
        "token",
        "Print a token that expires.",
        "atelier endpoint token iris --seconds 900",
        "endpoints.token",
        (_ENDPOINT, arg("--seconds", type=int, default=3600, metavar="N", help="valid for this long, 60 to 86400 (default 3600)")),
    ),
    Verb("delete", "Delete an endpoint with all its deployments.", "atelier endpoint delete iris --yes", "endpoints.delete", (_ENDPOINT, _YES)),
)  # fmt: skip

DEPLOYMENT = (
    Verb(
        "create",
        "Deploy what a YAML file describes; code and a local model are sent first.",
        "atelier deployment create -f blue.yml --all-traffic --wait",
        "deployments.create",
        (
            arg("-f", "--file", metavar="FILE", required=True, help="the YAML file that describes it"),
            arg("-n", "--name", default="", help="the deployment's name (else the file's)"),
            _OF,
            arg("--all-traffic", action="store_true", help="send it all requests once it is ready"),
            _SET,
            _WAIT,
        ),
    ),
    Verb(
        "update",
        "Give a deployment a new revision of a YAML file; what runs goes on until it is ready.",
        "atelier deployment update -f blue.yml --set instance_count=2 --wait",
        "deployments.create",
        (
            arg("-f", "--file", metavar="FILE", required=True, help="the YAML file that describes it"),
            arg("-n", "--name", default="", help="the deployment's name (else the file's)"),
            _OF,
            arg("--all-traffic", action="store_true", help="send it all requests once it is ready"),
            _SET,
            _WAIT,
        ),
    ),
    Verb("list", "List the deployments of an endpoint.", "atelier deployment list -e iris", "deployments.list_deployments", (_OF_REQUIRED,)),
    Verb("show", "Show a deployment with its instances.", "atelier deployment show blue -e iris", "deployments.show", (_DEPLOYMENT, _OF_REQUIRED)),
    Verb(
        "logs",
        "Print the last lines of a deployment's instances.",
        "atelier deployment logs blue -e iris --lines 50 -f",
        "deployments.logs",
        (
            _DEPLOYMENT,
            _OF_REQUIRED,
            arg("-l", "--lines", type=int, default=200, metavar="N", help="of each instance, at most 5000 (default 200)"),
            arg("-f", "--follow", action="store_true", help="go on as lines come"),
        ),
    ),
    Verb(
        "collect",
        "Keep a part of a deployment's requests and answers in the default datastore.",
        "atelier deployment collect blue -e iris --sample 10 --daily",
        "deployments.collect",
        (
            _DEPLOYMENT,
            _OF_REQUIRED,
            arg("--sample", type=float, metavar="PERCENT", help="so many of 100 requests; 0 keeps none (without it: say what is kept)"),
            arg("--daily", action=argparse.BooleanOptionalAction, default=None, help="make a drift report every day"),
            arg("--against", metavar="DATA", help="what daily reports compare with, e.g. azureml:cars:1"),
        ),
    ),
    Verb(
        "drift",
        "Compare what was collected with the data the model learnt from; exit code 10 when it drifted.",
        "atelier deployment drift blue -e iris --against azureml:cars:1 --days 7",
        "deployments.drift",
        (
            _DEPLOYMENT,
            _OF_REQUIRED,
            arg("--against", default="", metavar="DATA", help="compare with this data (default: what the model learnt from)"),
            arg("--days", type=int, default=1, metavar="N", help="of the last N days, at most 90 (default 1)"),
        ),
    ),
    Verb(
        "scale",
        "Have so many instances, or a rule that says how many.",
        "atelier deployment scale blue -e iris --instances 3",
        "deployments.scale",
        (
            _DEPLOYMENT,
            _OF_REQUIRED,
            arg("--instances", "--instance-count", dest="instances", type=int, metavar="N", help="so many"),
            arg("--target", type=float, metavar="N", help="as many as keep each at about N requests at one time"),
            arg("--min", dest="least", type=int, default=1, metavar="N", help="with --target: at least; 0 lets it sleep (default 1)"),
            arg("--max", dest="most", type=int, default=1, metavar="N", help="with --target: at most (default 1)"),
            _WAIT,
        ),
    ),
    Verb("restart", "Start new instances, then end the old ones.", "atelier deployment restart blue -e iris", "deployments.restart", (_DEPLOYMENT, _OF_REQUIRED, _WAIT)),
    Verb(
        "rollback",
        "Go back to an earlier revision.",
        "atelier deployment rollback blue -e iris --revision 2",
        "deployments.roll_back",
        (_DEPLOYMENT, _OF_REQUIRED, arg("--revision", type=int, metavar="N", help="this one (default: the one that was live before)"), _WAIT),
    ),
    Verb("delete", "Delete a deployment that gets no traffic.", "atelier deployment delete green -e iris --yes", "deployments.delete", (_DEPLOYMENT, _OF_REQUIRED, _YES)),
)  # fmt: skip
