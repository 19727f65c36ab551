"""The difference of code and the tags of traces, from Python and the command, against the real application."""

import io
import zipfile
from typing import Any

import atelier
import pytest
from atelier import _cli

from runs.tracking.models import Run
from tests.factories import make_experiment, make_run
from tests.factories.stored import give_snapshot
from tests.factories.traces import make_trace
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


def run_with_code(studio: People, files: dict[str, str]) -> Run:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    run = make_run(studio.workspace)
    snapshot = give_snapshot(run, packed.getvalue())
    snapshot.manifest = [{"path": path, "size": len(text), "sha256": text} for path, text in files.items()]
    snapshot.save(update_fields=["manifest"])
    return run


def test_the_command_shows_a_difference_as_diff_does(studio: People, say: Any, capsys: Any) -> None:
    before = run_with_code(studio, {"train.py": "import a\nx = 1\n", "old.py": "x\n", "same.py": "y\n"})
    after = run_with_code(studio, {"train.py": "import a\nx\t= 2\033[31m\n", "new.py": "z\n", "same.py": "y\n"})
    assert _cli.main(["run", "diff", before.pk, after.pk]) == 0
    told = capsys.readouterr().out
    assert "--- a/train.py\n+++ b/train.py\n@@ -1,2 +1,2 @@\n import a\n-x = 1\n+x       = 2\ufffd[31m\n" in told
    assert "--- /dev/null\n+++ b/new.py\n" in told
    assert "--- a/old.py\n+++ /dev/null\n" in told
    assert "same.py" not in told
    assert say("run", "diff", before.pk, after.pk)["same_count"] == 1
    assert _cli.main(["run", "diff", before.pk, before.pk]) == 0
    assert "does not differ" in capsys.readouterr().err


def test_a_trace_is_tagged(studio: People, say: Any, capsys: Any) -> None:
    trace = make_trace(make_experiment(studio.workspace, "support")).trace_id
    assert atelier.Workspace().tag_trace(trace, {"env": "prod", "draft": "yes"})["tags"]["env"] == "prod"
    tags = say("trace", "tag", trace, "env=test", "--remove", "draft")["tags"]
    assert (tags["env"], "draft" in tags) == ("test", False)
    assert _cli.main(["trace", "tag", trace]) == 2
    assert "No tag is given" in capsys.readouterr().err
