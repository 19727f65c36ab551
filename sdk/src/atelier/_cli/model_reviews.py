"""`atelier model request|approve|check|…`: how versions get into their stages."""

from __future__ import annotations

import argparse
import re
from typing import Any

from atelier import _errors
from atelier._cli import output, session

RULE = re.compile(r"(.+?)\s*(>=|<=|>|<|=)\s*(\S+)")
STAGE_COLUMNS = (("STAGE", "name"), ("APPROVAL", "approval"), ("ASKS FOR", "asks"), ("DESCRIPTION", "description"))
CHECK_COLUMNS = (("CHECK", "name"), ("RESULT", "result"), ("DETAIL", "detail"), ("WHEN", "when"))
COMPARE_COLUMNS = (("", "section"), ("NAME", "name"), ("LEFT", "left"), ("RIGHT", "right"), ("CHANGE", "change"))


def stages(options: argparse.Namespace) -> None:
    """Lists the stages."""
    rows = session.workspace(options).models.stages()
    output.rows(options, rows, STAGE_COLUMNS, empty="There are no stages.", shown=(_stage(row) for row in rows))


def define(options: argparse.Namespace) -> None:
    """Makes, changes or removes a stage."""
    models = session.workspace(options).models
    if options.remove:
        models.remove_stage(options.stage)
        output.say(f"The stage {options.stage} was removed.")
        return
    given: dict[str, Any] = {
        "description": options.description,
        "needs_approval": options.approval,
        "approvers": options.approver,
        "metrics": None if options.metric is None else [_rule(text) for text in options.metric],
        "checks": options.check,
    }
    rules = {key: value for key, value in given.items() if value is not None}
    if options.no_rules:
        rules = {"needs_approval": False, "approvers": [], "metrics": [], "checks": [], **rules}
    output.record(options, models.define_stage(options.stage, **rules))


def request(options: argparse.Namespace) -> None:
    """Asks for a stage."""
    made = session.workspace(options).models.request_stage(
        options.name, options.version, options.stage, comment=options.comment, archive_existing=options.archive_existing
    )
    output.done(options, made, f"Asked: {made['url']}")


def approve(options: argparse.Namespace) -> None:
    _decide(options, "approved")


def reject(options: argparse.Namespace) -> None:
    _decide(options, "rejected")


def withdraw(options: argparse.Namespace) -> None:
    options.comment = ""
    _decide(options, "withdrawn")


def check(options: argparse.Namespace) -> None:
    """Reports a check, or lists the results."""
    models = session.workspace(options).models
    if not options.check:
        rows = models.checks(options.name, options.version)
        shown = (
            {**row, "result": "passed" if row["passed"] else "failed", "when": output.ago(row["created_at"])}
            for row in rows
        )
        output.rows(options, rows, CHECK_COLUMNS, empty="No check was reported.", shown=shown)
        return
    if options.passed == options.failed:
        raise _errors.UsageError("Say how the check went: --passed or --failed.")
    made = models.report_check(
        options.name, options.version, options.check, options.passed, detail=options.detail, url=options.link
    )
    output.done(options, made, f"{made['name']} {'passed' if made['passed'] else 'failed'}.")


def compare(options: argparse.Namespace) -> None:
    """Shows what differs between two versions."""
    found = session.workspace(options).models.compare(options.name, options.version, options.other)
    if options.output == "json":
        output.as_json(found)
        return
    rows = [
        {
            "section": section,
            **{key: "" if row[key] is None else row[key] for key in ("name", "left", "right", "change")},
        }
        for section in ("facts", "metrics", "signature", "packages")
        for row in found[section]
        if row["differs"]
    ]
    output.table(rows, COMPARE_COLUMNS, empty="They do not differ.")


def uses(options: argparse.Namespace) -> None:
    """Says what uses a version."""
    found = session.workspace(options).models.uses(options.name, options.version)
    if options.output == "json":
        output.as_json(found)
        return
    for sentence in found or ["Nothing uses it."]:
        output.say(sentence)


def archive(options: argparse.Namespace) -> None:
    _archived(options, True)


def restore(options: argparse.Namespace) -> None:
    _archived(options, False)


def _decide(options: argparse.Namespace, state: str) -> None:
    models = session.workspace(options).models
    made = models.decide(options.name, options.version, state, comment=options.comment)
    output.done(options, made, f"The stage {made['stage']} of version {made['version']}: {made['state']}.")


def _archived(options: argparse.Namespace, wanted: bool) -> None:
    models = session.workspace(options).models
    if options.version:
        models.update_version(options.name, options.version, archived=wanted)
    else:
        models.update(options.name, archived=wanted)
    what = f"Version {options.version} of {options.name}" if options.version else options.name
    output.say(f"{what} was {'archived' if wanted else 'restored'}.")


def _stage(row: dict[str, Any]) -> dict[str, Any]:
    rules = [f"{rule['metric']} {rule['op']} {rule['value']:g}" for rule in row["metrics"]]
    people = ", ".join(person["name"] for person in row["approvers"]) or "anybody who may"
    return {**row, "approval": people if row["needs_approval"] else "", "asks": ", ".join([*rules, *row["checks"]])}


def _rule(text: str) -> dict[str, Any]:
    match = RULE.fullmatch(text.strip())
    try:
        if match:
            return {"metric": match[1], "op": match[2], "value": float(match[3])}
    except ValueError:
        pass
    raise _errors.UsageError(f"{text!r} is no rule. Write it like 'accuracy >= 0.9'.")
