"""`atelier batch-endpoint …` and `atelier batch-deployment …`"""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

from atelier import _errors
from atelier._cli import output, session
from atelier._endpoints import files
from atelier._endpoints.batch import BatchEndpoints

COLUMNS = (("NAME", "name"), ("DEFAULT", "default"), ("DEPLOYMENTS", "many"), ("UPDATED", "when"))
DEPLOYMENT_COLUMNS = (
    ("NAME", "name"),
    ("DEFAULT", "default"),
    ("MODEL", "model"),
    ("SCRIPT", "scoring_script"),
    ("COMPUTE", "compute"),
    ("UPDATED", "when"),
)
JOB_COLUMNS = (
    ("JOB", "id"),
    ("STATE", "state"),
    ("DEPLOYMENT", "deployment_name"),
    ("SCORED", "scored"),
    ("FAILED", "lost"),
    ("BEGUN", "when"),
    ("PROBLEM", "problem"),
)
ITEM_COLUMNS = (("PART", "part"), ("ITEM", "item"), ("PROBLEM", "problem"))
SHOWN_ITEMS = 50
FAILED = 1


def create(options: argparse.Namespace) -> None:
    """Makes a batch endpoint."""
    api = _of(options)
    if options.file:
        made = api.create_from_file(options.file, name=options.name, set=session.changes(options.set))
    elif options.name and not options.set:
        made = api.create(options.name, description=options.description or "")
    else:
        raise _errors.UsageError("Give a file with -f, or --name.")
    output.done(options, made, f"{made['name']} is there: {api.address(made['url'])}")


def list_endpoints(options: argparse.Namespace) -> None:
    """Lists batch endpoints."""
    rows = list(islice(_of(options).list(), options.limit))
    empty = "There are no batch endpoints yet. `atelier batch-endpoint create` makes one."
    shown = (
        {
            **row,
            "default": row["defaults"]["deployment_name"],
            "many": ", ".join(row["deployments"]),
            "when": output.ago(row["updated_at"]),
        }
        for row in rows
    )
    output.rows(options, rows, COLUMNS, empty=empty, shown=shown)


def show(options: argparse.Namespace) -> None:
    """Shows a batch endpoint with its deployments."""
    api = _of(options)
    found, rows = api.get(options.name), list(api.deployments(options.name))
    if options.output == "json":
        output.as_json({**found, "deployments": rows})
        return
    facts = {name: found[name] for name in ("name", "description", "tags")}
    output.pairs({**facts, "default": found["defaults"]["deployment_name"], "url": api.address(found["url"])})
    print()
    output.table(map(_deployment, rows), DEPLOYMENT_COLUMNS, empty="It has no deployments yet.")


def update(options: argparse.Namespace) -> None:
    """Changes the default deployment, or words."""
    if options.default_deployment is None and options.description is None:
        raise _errors.UsageError("Say what to change: --default-deployment or --description.")
    found = _of(options).update(
        options.name, description=options.description, default_deployment=options.default_deployment
    )
    default = found["defaults"]["deployment_name"] or "no deployment"
    output.done(options, found, f"{found['name']} scores with {default} by default.")


def delete(options: argparse.Namespace) -> None:
    """Deletes a batch endpoint."""
    if not options.yes:
        output.ask(f"Delete the batch endpoint {options.name} with all its deployments?")
    _of(options).delete(options.name)
    output.say(f"{options.name} is deleted.")


def invoke(options: argparse.Namespace) -> int | None:
    """Begins a batch job."""
    api = _of(options)
    settings = {name: files.value_of(value) for name, value in session.changes(options.set).items()}
    given = {
        "mini_batch_size": options.mini_batch_size,
        "instance_count": options.instance_count,
        "output_file_name": options.output_file_name or None,
    }
    settings |= {name: value for name, value in given.items() if value is not None}
    begun = api.invoke(
        options.name,
        options.input,
        type=options.input_type,
        deployment=options.deployment,
        output_path=options.output_path,
        output_asset=options.output_asset,
        settings=settings,
    )
    if not options.wait:
        output.done(options, begun, f"Batch job {begun['id']} is {begun['state']}: {api.address(begun['url'])}")
        return None
    return _ended(options, api.wait(begun["id"], seen=_say))


def list_jobs(options: argparse.Namespace) -> None:
    """Lists the jobs of a batch endpoint."""
    rows = list(islice(_of(options).jobs(options.name), options.limit))
    shown = ({**row, **_counts(row), "when": output.ago(row["created_at"])} for row in rows)
    output.rows(options, rows, JOB_COLUMNS, empty="It has scored nothing yet.", shown=shown)


def show_job(options: argparse.Namespace) -> None:
    """Shows a batch job."""
    api = _of(options)
    found = api.job(options.job)
    items = list(islice(api.failed_items(options.job), SHOWN_ITEMS))
    if options.output == "json":
        output.as_json({**found, "failed_items": items})
        return
    facts = {name: found[name] for name in ("id", "state", "problem", "endpoint_name", "deployment_name")}
    output.pairs(
        {
            **facts,
            "input": found["input"].get("path"),
            **_counts(found),
            "output": found["output"]["uri"],
            "jobs": ", ".join(f"{each['job']} {each['state']}" for each in found["workers"]),
            "url": api.address(found["url"]),
        }
    )
    if items:
        print()
        output.table(items, ITEM_COLUMNS, empty="")


def cancel_job(options: argparse.Namespace) -> None:
    """Cancels a batch job."""
    found = _of(options).cancel(options.job)
    output.done(options, found, f"Batch job {found['id']} is {found['state']}.")


def download(options: argparse.Namespace) -> None:
    """Downloads the output."""
    place = _of(options).download(options.job, options.download_path)
    output.done(options, {"path": str(place)}, f"Written to {place}.")


def deploy(options: argparse.Namespace) -> None:
    """Deploys what a file describes."""
    api = _of(options)
    made = api.deploy(
        options.file,
        endpoint=options.endpoint,
        name=options.name,
        set_default=options.set_default,
        set=session.changes(options.set),
        say=output.say,
    )
    default = ", by default" if made["is_default"] else ""
    output.done(options, made, f"{made['endpoint_name']}/{made['name']} scores with {made['model']}{default}.")


def list_deployments(options: argparse.Namespace) -> None:
    """Lists batch deployments."""
    rows = list(_of(options).deployments(options.endpoint))
    empty = "It has no deployments yet. `atelier batch-deployment create` makes one."
    output.rows(options, rows, DEPLOYMENT_COLUMNS, empty=empty, shown=map(_deployment, rows))


def show_deployment(options: argparse.Namespace) -> None:
    """Shows a batch deployment."""
    found = _of(options).deployment(options.endpoint, options.name)
    if options.output == "json":
        output.as_json(found)
        return
    names = ("name", "endpoint_name", "is_default", "model", "scoring_script", "environment", "compute", "description")
    output.pairs({**{name: found[name] for name in names}, **found["settings"]})


def delete_deployment(options: argparse.Namespace) -> None:
    """Deletes a batch deployment."""
    if not options.yes:
        output.ask(f"Delete the deployment {options.name} of {options.endpoint}?")
    _of(options).delete_deployment(options.endpoint, options.name)
    output.say(f"{options.name} is deleted.")


def _say(found: dict[str, Any]) -> None:
    counts = found["items"]
    lost = f", {counts['failed']} failed" if counts["failed"] else ""
    scored = f": {counts['done'] + counts['failed']} of {counts['total']} items{lost}" if counts["total"] else ""
    output.say(f"{found['id']} is {found['state']}{scored}")


def _ended(options: argparse.Namespace, found: dict[str, Any]) -> int | None:
    if found["state"] == "completed":
        output.done(options, found, f"Scored: {found['output']['uri'] or 'no rows'}")
        return None
    output.error(found["problem"] or f"The batch job {found['id']} is {found['state']}.")
    return FAILED


def _counts(row: dict[str, Any]) -> dict[str, Any]:
    counts = row["items"]
    return {"scored": f"{counts['done']}/{counts['total']}", "lost": counts["failed"]}


def _deployment(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "default": "yes" if row["is_default"] else "", "when": output.ago(row["updated_at"])}


def _of(options: argparse.Namespace) -> BatchEndpoints:
    found: BatchEndpoints = session.workspace(options).batch_endpoints
    return found
