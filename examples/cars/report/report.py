"""An evaluation as a page of Markdown."""

import json
import sys
from pathlib import Path

evaluation, report = map(Path, sys.argv[1:3])
found = json.loads((evaluation / "evaluation.json").read_text())
report.mkdir(parents=True, exist_ok=True)
(report / "report.md").write_text(f"# Car prices\n\n```json\n{json.dumps(found, indent=2)[:4000]}\n```\n")
print(report / "report.md")
