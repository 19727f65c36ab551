"""`atelier deployment …`"""

from __future__ import annotations

import argparse
import time
from typing import Any

from atelier import _errors
from atelier._cli import output, session
from atelier._endpoints.deployments import Deployments

COLUMNS = (
    ("NAME", "name"),
    ("STATE", "state"),
    ("RUNS", "runs"),
    ("REVISION", "number"),
    ("READY", "ready"),
    ("TRAFFIC", "share"),
    ("AS", "deployer"),
)
SHOWN = (
    "name",
    "endpoint_name",
    "state",
    "problem",
    "deployer",
    "instance_count",
    "ready_instances",
    "traffic",
    "scale_settings",
    "description",
    "tags",
    "url",
)
INSTANCE_COLUMNS = (
    ("SLOT", "slot"),
    ("STATE", "state"),
    ("REVISION", "revision"),
    ("ADDRESS", "address"),
    ("STARTED", "when"),
    ("PROBLEM", "problem"),
)
PAUSE = 2.0
COLLECTION_COLUMNS = (
    ("COLLECTION", "name"),
    ("REQUESTS", "records"),
    ("ROWS", "rows"),
    ("BYTES", "size"),
    ("WHERE", "path"),
)
DRIFT_COLUMNS = (
    ("COLUMN", "name"),
    ("DRIFT", "level"),
    ("PSI", "psi"),
    ("BY CHANCE", "chance"),
    ("KS", "ks"),
    ("WHAT CHANGED", "sentence"),
)
FAILED = 1
DRIFTED = 10  # beside the codes that every command has


def create(options: argparse.Namespace) -> int | None:
    """Deploys what a file describes."""
    api = session.workspace(options).endpoints
    made = api.deploy(
        options.file,
        endpoint=options.endpoint,
        name=options.name,
        all_traffic=options.all_traffic,
        set=session.changes(options.set),
        say=output.say,
    )
    behind = api.deployments(made["endpoint_name"])
    return _after(options, behind, made, _before_revision(behind, made) if options.wait else 0)


def list_deployments(options: argparse.Namespace) -> None:
    """Lists deployments."""
    rows = list(_of(options).list())
    empty = "It has no deployments yet. `atelier deployment create` makes one."
    output.rows(options, rows, COLUMNS, empty=empty, shown=map(shown, rows))


def show(options: argparse.Namespace) -> None:
    """Shows a deployment with its instances."""
    found, instances = _of(options).get(options.name), _of(options).instances(options.name)
    if options.output == "json":
        output.as_json({**found, "instances": instances})
        return
    output.pairs({**{name: found[name] for name in SHOWN}, "runs": _runs(found["current"] or found["wanted"])})
    print()
    rows = ({**row, "when": output.ago(row["started_at"])} for row in instances)
    output.table(rows, INSTANCE_COLUMNS, empty="It has no instances.")


def logs(options: argparse.Namespace) -> None:
    """Prints the log."""
    api = _of(options)
    rows = api.logs(options.name, lines=options.lines)
    if options.output == "json" and not options.follow:
        output.as_json(rows)
        return
    seen = {row["instance"]: _print_new(row, "", many=len(rows) > 1) for row in rows}
    while options.follow:
        time.sleep(PAUSE)
        rows = api.logs(options.name, lines=options.lines)
        seen = {row["instance"]: _print_new(row, seen.get(row["instance"], ""), many=len(rows) > 1) for row in rows}


def scale(options: argparse.Namespace) -> int | None:
    """Changes how many instances there are."""
    if (options.instances is None) == (options.target is None):
        raise _errors.UsageError("Say either --instances or --target.")
    rule = None
    if options.target is not None:
        rule = {"type": "target_concurrency", "target": options.target, "min": options.least, "max": options.most}
    api = _of(options)
    since = _since(options, api)
    return _after(options, api, api.scale(options.name, options.instances, rule=rule), since)


def collect(options: argparse.Namespace) -> None:
    """Switches the collector, or says what it has kept."""
    api = _of(options)
    if options.sample is None and options.daily is None and options.against is None:
        found = api.collector(options.name)
    else:
        before = api.collector(options.name)
        percent = before["data_collector"].get("sampling_rate", 0) * 100 if options.sample is None else options.sample
        found = api.collect(options.name, percent, daily=options.daily, against=options.against)
    if options.output == "json":
        output.as_json(found)
        return
    share = found["data_collector"].get("sampling_rate", 0) * 100
    output.say(f"{share:g} % of the requests to {options.name} are kept." if found["is_on"] else "Nothing is kept.")
    output.table(found["collections"], COLLECTION_COLUMNS, empty="Nothing was collected yet.")


def drift(options: argparse.Namespace) -> int | None:
    """Makes a report and prints it."""
    api = _of(options)
    made = api.request_drift(options.name, against=options.against, days=options.days)
    found = api.drift_report(options.name, made["id"])
    if found["state"] == "failed":
        output.error(found["problem"])
        return FAILED
    if options.output == "json":
        output.as_json(found)
    else:
        output.say(
            f"{found['summary']} {found['rows']} rows, against {found['reference']}: {api.address(found['url'])}"
        )
        output.table(found["columns"], DRIFT_COLUMNS, empty="No column could be compared.")
    return DRIFTED if found["drifted"] else None


def restart(options: argparse.Namespace) -> int | None:
    """Replaces the instances."""
    api = _of(options)
    since = _since(options, api)
    return _after(options, api, api.restart(options.name), since)


def roll_back(options: argparse.Namespace) -> int | None:
    """Goes back to an earlier revision."""
    api = _of(options)
    since = _since(options, api)
    return _after(options, api, api.roll_back(options.name, options.revision), since)


def delete(options: argparse.Namespace) -> None:
    """Deletes a deployment."""
    if not options.yes:
        output.ask(f"Delete the deployment {options.name} of {options.endpoint}?")
    _of(options).delete(options.name)
    output.say(f"{options.name} is being deleted.")


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A deployment as a line of a table."""
    revision = row["current"] or row["wanted"]
    return {
        **row,
        "runs": _runs(revision),
        "number": revision["number"] if revision else None,
        "ready": f"{row['ready_instances']}/{row['instance_count']}",
        "share": f"{row['traffic']} %",
    }


def _runs(revision: dict[str, Any] | None) -> str:
    if revision is None:
        return ""
    return str(revision["image"] or revision["model"] or revision["scoring_script"])


def _after(options: argparse.Namespace, api: Deployments, found: dict[str, Any], since: int = 0) -> int | None:
    """Says how it stands, or with --wait what happens from the event `since` on until it is ready."""
    if not options.wait:
        output.done(options, found, f"{found['name']} is {found['state']}: {api.address(found['url'])}")
        return None
    last = found
    for last, events in api.watch(found["name"], after=since):
        for event in events:
            output.say(f"{event['kind']}{': ' if event['detail'] else ''}{event['detail']}")
    if last["state"] == "Failed":
        output.error(last["problem"] or f"The deployment {last['name']} failed.")
        return FAILED
    ready = f"{last['ready_instances']} of {last['instance_count']} instances are ready"
    output.done(
        options,
        last,
        f"{last['name']} answers: {ready}, {last['traffic']} % of the traffic. {api.address(last['url'])}",
    )
    return None


def _before_revision(api: Deployments, made: dict[str, Any]) -> int:
    """The last event before the revision that was just asked for."""
    begun = [int(event["id"]) for event in api.events(made["name"]) if event["kind"] in ("Created", "Updated")]
    return max(begun, default=1) - 1


def _since(options: argparse.Namespace, api: Deployments) -> int:
    """What was the last event before something is asked for, where somebody waits for what comes."""
    return api.last_event(options.name) if options.wait else 0


def _print_new(row: dict[str, Any], before: str, *, many: bool) -> str:
    """Prints what the log has more than before; answers all of it."""
    text = str(row["text"])
    fresh = _beyond(before, text)
    if fresh:
        head = f"--- r{row['revision']}, instance {row['slot']} ---\n" if many else ""
        output.write_log(head + fresh + ("" if fresh.endswith("\n") else "\n"))
    return text


def _beyond(before: str, text: str) -> str:
    """What `text` has after `before`. Both are the last lines of one log, so the first of `before` may be gone."""
    if text.startswith(before):
        return text[len(before) :].lstrip("\n")
    old, new = before.splitlines(), text.splitlines()
    for size in range(min(len(old), len(new)), 0, -1):
        if old[-size:] == new[:size]:
            return "\n".join(new[size:])
    return text


def _of(options: argparse.Namespace) -> Deployments:
    found: Deployments = session.workspace(options).endpoints.deployments(options.endpoint)
    return found
