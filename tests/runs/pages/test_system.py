"""The System tab: the machine, the process and the environment."""

import pytest

from registry.environments import services as environments
from registry.environments.definitions import parse
from runs.tracking.models import Run

pytestmark = pytest.mark.django_db


def test_the_environment_is_told_with_its_packages(browser, rita, run, workspace):
    definition = parse("requirements.txt", {"requirements.txt": "numpy==2.4.6\nscikit-learn\n"})
    run.environment = environments.resolve(workspace=workspace, definition=definition)
    run.save(update_fields=["environment"])
    page = browser(rita).get(f"/w/vision/runs/{run.pk}/system/").content.decode()
    assert "numpy==2.4.6" in page
    assert "2 packages" in page


def test_what_is_known_of_the_process_is_shown(browser, rita, run):
    run.job.process = {"pid": 4711, "host": "bench-7"}
    run.job.exit_code = 0
    run.job.save(update_fields=["process", "exit_code"])
    page = browser(rita).get(f"/w/vision/runs/{run.pk}/system/").content.decode()
    for fact in ("4711", "bench-7", "reports by itself"):
        assert fact in page


def test_a_script_started_outside_the_studio_has_no_known_environment(browser, rita, run):
    assert Run.objects.get(pk=run.pk).environment is None
    page = browser(rita).get(f"/w/vision/runs/{run.pk}/system/").content.decode()
    assert "started outside the studio" in page
