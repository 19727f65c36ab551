"""Transformations found from examples: show what is wanted in two or three rows, and get the expression that does it.

programs = derive([{"name": "Ada Lovelace"}, {"name": "Alan Turing"}], {0: "A. Lovelace"})
programs[0].expression        # left([name], 1) & ". " & after([name], " ")
programs[0].ambiguous(rows)   # where programs as good as this one would give something else
"""

from __future__ import annotations

from atelier.dataflow.examples.filtering import Rule, filter_rows
from atelier.dataflow.examples.program import Program
from atelier.dataflow.examples.splitting import split
from atelier.dataflow.examples.synthesis import derive

__all__ = ["Program", "Rule", "derive", "filter_rows", "split"]
