"""`atelier lineage`"""

from __future__ import annotations

import argparse

from atelier._cli import output, session

COLUMNS = (("FROM", "source"), ("", "verb"), ("TO", "target"))


def lineage(options: argparse.Namespace) -> None:
    """Says what a thing came from and what came of it."""
    found = session.workspace(options).lineage(options.kind, options.name)
    if options.output == "json":
        output.as_json(found)
        return
    names = [f"{thing['kind']} {thing['name']}" for thing in found["things"]]
    rows = (
        {"source": names[edge["source"]], "verb": edge["verb"], "target": names[edge["target"]]}
        for edge in found["edges"]
    )
    output.table(rows, COLUMNS, empty="It came from nothing that is known here, and nothing came of it yet.")
    if found["is_cut"]:
        output.say("There is more than is shown.")
