"""The log page around the viewer, and the raw file."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_viewer_is_told_where_the_lines_are(browser, rita, run):
    page = browser(rita).get(f"/w/vision/runs/{run.pk}/logs/").content.decode()
    assert f'data-lines="/api/v1/workspaces/vision/runs/{run.pk}/log"' in page
    assert 'role="log"' in page


def test_the_raw_log_is_a_text_file_with_every_byte(browser, rita, run, write_log):
    write_log(run, "one\n<b>two</b>\n")
    write_log(run, "half a line")
    response = browser(rita).get(f"/w/vision/runs/{run.pk}/logs/raw/")
    assert b"".join(response.streaming_content) == b"one\n<b>two</b>\nhalf a line"
    assert response["Content-Type"].startswith("text/plain")
    assert response["Content-Disposition"].startswith("attachment")


def test_a_viewer_reads_lines_with_its_session(browser, rita, run, write_log):
    write_log(run, "one\ntwo\n")
    found = browser(rita).get(f"/api/v1/workspaces/vision/runs/{run.pk}/log?line=1&count=5").json()
    assert found["lines"] == ["two"]
    assert found["total"] == 2
