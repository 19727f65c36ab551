"""`atelier run …`"""

from __future__ import annotations

import argparse
from typing import Any

from atelier import _client, _errors, _run, _submit
from atelier._cli import output, session

LIST_COLUMNS = (
    ("ID", "id"),
    ("NAME", "name"),
    ("STATE", "state"),
    ("EXPERIMENT", "experiment"),
    ("CREATED", "created"),
    ("TOOK", "took"),
    ("BY", "by"),
)
WHY_COLUMNS = (("KIND", "kind"), ("NAME", "name"), ("HERE", "here"), ("BASELINE", "there"), ("GOES ALONG", "along"))
METRIC_COLUMNS = (
    ("METRIC", "key"),
    ("LAST", "last"),
    ("BEST", "best"),
    ("MIN", "min"),
    ("MAX", "max"),
    ("STEP", "last_step"),
    ("POINTS", "count"),
)


def submit(options: argparse.Namespace) -> int | None:
    """Submits a job file."""
    changes = session.changes(options.set)
    changes.update(
        {
            key: value
            for key, value in (("display_name", options.name), ("experiment_name", options.experiment))
            if value
        }
    )
    job = _submit.read_job(options.file)
    # Before the first call, so that a forgotten workspace does not look like a wrong file.
    client = session.workspace(options).client
    if options.dry_run:
        output.as_json(_submit.check(client, job, changes))
        return None
    run = _run.Run(client, _submit.submit(client, job, changes, say=output.say))
    return announce(run, options, "Submitted")


def why(options: argparse.Namespace) -> None:
    """Ranks what differs between a run and a baseline."""
    client = session.workspace(options).client
    query = {"baseline": options.baseline, "metric": options.metric}
    found = client.get(f"runs/{_client.segment(options.run)}/why", query)
    if options.output == "json":
        output.as_json(found)
        return
    if found["metric"]:
        print(f"{found['metric']}: {output.cell(found['here'])} here, {output.cell(found['there'])} in the baseline")
    rows = ({**row, "along": _share(row["association"])} for row in found["reasons"])
    output.table(rows, WHY_COLUMNS, empty="Nothing recorded differs.")


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def clone(options: argparse.Namespace) -> int | None:
    """Submits a run again with other values."""
    run = _get(options).clone(set=session.changes(options.set), submit=not options.draft)
    return announce(run, options, "Created" if options.draft else "Submitted")


def list_runs(options: argparse.Namespace) -> None:
    """Lists runs."""
    found = session.workspace(options).runs(
        experiment=options.experiment,
        state=options.state,
        q=options.query,
        tag=options.tag,
        parent=options.parent,
        sort=options.sort,
        filter=options.filter,
        archived=options.archived or None,
        limit=options.limit,
    )
    rows = [run.data for run in found]
    output.rows(options, rows, LIST_COLUMNS, empty="There are no such runs.", shown=map(_row, rows))


def show(options: argparse.Namespace) -> None:
    """Shows one run."""
    run = _get(options)
    metrics = run.metrics()
    if options.output == "json":
        output.as_json({**run.data, "metrics": [vars(item) for item in metrics.values()]})
        return
    row = _row(run.data)
    output.pairs(
        {
            "id": run.id,
            "name": run.name,
            "state": run.state,
            "lost contact": output.ago((run.data.get("job") or {}).get("lost_contact_at")),
            "experiment": run.experiment,
            "created": row["created"],
            "took": row["took"],
            "by": row["by"],
            "exit code": run.data.get("exit_code"),
            "signal": run.data.get("signal"),
            "reason": run.data.get("reason"),
            "message": run.data.get("message"),
            "waits because": run.data.get("waiting"),
            "note": run.data.get("note"),
            "compute": run.data.get("compute"),
            "imported as": run.data.get("external_id"),
            "tags": run.tags,
            "page": run.url,
        }
    )
    if run.params:
        print()
        output.pairs(run.params)
    if metrics:
        print()
        output.table([vars(item) for item in metrics.values()], METRIC_COLUMNS, empty="")


def logs(options: argparse.Namespace) -> None:
    """Prints a run's log."""
    run = _get(options)
    for piece in run.stream() if options.follow else [run.logs()]:
        output.write_log(piece)


def cancel(options: argparse.Namespace) -> int:
    """Stops runs."""
    return each(options, lambda run: run.cancel(), "is asked to stop")


def archive(options: argparse.Namespace) -> int:
    """Hides runs from lists."""
    return each(options, lambda run: run.archive(), "is archived")


def download(options: argparse.Namespace) -> None:
    """Saves artifacts."""
    run = _get(options)
    folder = options.to or run.id
    names = {item.path for item in run.artifacts()}
    if options.path in names:
        saved = [run.download_artifact(options.path, folder)]
    else:
        saved = run.download_artifacts(folder, options.path)
        if options.path and not saved:
            raise _errors.NotFound(f"The run {run.id} has no file or folder {options.path!r}.", status=404)
    output.saved(options, saved, folder)


def compare(options: argparse.Namespace) -> None:
    """Shows where runs differ."""
    found = session.workspace(options).compare(options.runs)
    if options.output == "json":
        output.as_json(vars(found))
        return
    ids = [str(run["id"]) for run in found.runs]
    rows = []
    for kind, entries in (("param", found.params), ("metric", found.metrics), ("tag", found.tags)):
        chosen = [row for row in entries if options.all or row.get("differs")]
        rows += [{"kind": kind, "key": row["key"], **dict(zip(ids, _values(row)))} for row in chosen]
    columns = (("", "kind"), ("NAME", "key"), *((run_id, run_id) for run_id in ids))
    output.table(rows, columns, empty="The runs do not differ.")


def diff(options: argparse.Namespace) -> None:
    """Prints how the code of two runs differs."""
    found = session.workspace(options).run(options.other).code_diff(options.run)
    if options.output == "json":
        output.as_json(found)
        return
    for file in found["files"]:
        output.diff(file)
    if found["is_truncated"] or not found["files"]:
        output.say("There is more: the difference is too long." if found["files"] else "The code does not differ.")


def tag(options: argparse.Namespace) -> None:
    """Sets or removes tags."""
    run = _get(options).update(tags=session.tags(options))
    if options.output == "json":
        output.as_json(run.data)
    else:
        output.pairs(run.tags)


def _get(options: argparse.Namespace) -> _run.Run:
    return session.workspace(options).run(options.run)


def each(options: argparse.Namespace, change: Any, said: str) -> int:
    """Changes several runs; one that refuses does not keep the others from being changed."""
    space = session.workspace(options)
    changed = []
    first: _errors.AtelierError | None = None
    for run_id in options.runs:
        try:
            changed.append(change(space.run(run_id)).data)
            if options.output != "json":
                output.say(f"The run {run_id} {said}.")
        except _errors.Refused as error:
            if first is not None:
                output.error(str(first))
            first = error
    if options.output == "json":
        output.as_json(changed)
    if first is not None:
        raise first
    return 0


def announce(run: _run.Run, options: argparse.Namespace, verb: str) -> int | None:
    if run.data.get("note"):
        output.say(str(run.data["note"]))
    if options.stream:
        output.say(f"{verb} {run.name} ({run.id}): {run.url}")
        return _follow(run)
    if options.output == "json":
        output.as_json(run.data)
    else:
        output.pairs({"run": run.id, "name": run.name, "state": run.state, "page": run.url})
    return None


def _follow(run: _run.Run) -> int:
    """Prints the log until the run has ended, and answers its exit code."""
    try:
        for piece in run.stream():
            output.write_log(piece)
        run.wait()
    except KeyboardInterrupt:
        output.say(f"The run {run.id} goes on. Stop it with: atelier run cancel {run.id}")
        raise
    message = run.data.get("message") or run.data.get("reason")
    if run.state != "completed":
        output.say(f"The run {run.id} is {run.state}{f': {message}' if message else '.'}")
    code = run.exit_code
    if code is None:
        return 0 if run.state == "completed" else 1
    # A run can fail although its command ended well, for instance when its outputs cannot be stored.
    return 1 if code == 0 and run.state != "completed" else code


def _row(data: dict[str, Any]) -> dict[str, Any]:
    experiment = data.get("experiment")
    person = data.get("created_by")
    return {
        **data,
        "experiment": experiment.get("path") if isinstance(experiment, dict) else experiment,
        "created": output.ago(data.get("created_at")),
        "took": output.duration(data.get("duration_seconds", data.get("duration"))),
        "by": (person.get("name") or person.get("email")) if isinstance(person, dict) else person,
    }


def _values(row: dict[str, Any]) -> list[Any]:
    # A metric is compared as its whole summary; the table shows how it ended.
    return [value["last"] if isinstance(value, dict) else value for value in row["values"]]
