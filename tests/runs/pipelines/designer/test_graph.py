"""The designer's model of a document: `static/js/designer` in Node, without a browser."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from atelier.components import catalogue

pytestmark = pytest.mark.pure
HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[3] / "static" / "js" / "designer"
MODEL = ("references", "graph", "edits", "declared", "checks", "layout", "routes", "pieces", "history", "rules")
TESTS = ("graph.test.mjs", "routes.test.mjs")
SAMPLES = HERE.parents[3] / "runs" / "pipelines" / "drafts" / "samples"


def of_the_samples() -> str:
    """Their documents and every declaration, as JSON."""
    documents = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(SAMPLES.glob("*.yml"))}
    for document in documents.values():
        document["layout"] = json.loads(document["properties"]["atelier.layout"])
    return json.dumps({"documents": documents, "declarations": [each.to_dict() for each in catalogue.every()]})


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_model_holds_what_its_own_tests_say(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name in MODEL:
        shutil.copy(SOURCE / f"{name}.js", tmp_path / "js")
    for name in TESTS:
        shutil.copy(HERE / name, tmp_path)
    (tmp_path / "samples.json").write_text(of_the_samples())

    done = subprocess.run(
        ["node", "--test", *TESTS], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stdout[-4000:]
