"""Artifacts and code: trees, previews, downloads, differences."""

import io
import json
import zipfile

import pytest

from studio.web import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(browser, rita, run):
    client = browser(rita)
    return lambda path, **extra: client.get(f"/w/vision/runs/{run.pk}/{path}", **extra)


def test_a_folder_opens_when_it_lies_on_the_way(get, run, put):
    put(run, "outputs/model/weights.bin", b"\0\1")
    put(run, "outputs/notes.txt", b"hello")
    closed = get("artifacts/?path=outputs/").content.decode()
    assert "notes.txt" in closed
    closed = get("artifacts/?path=no-such-folder/").content.decode()
    assert "outputs" in closed
    assert "notes.txt" not in closed
    opened = get("artifacts/?path=outputs/notes.txt").content.decode()
    assert "hello" in opened
    assert "weights.bin" not in opened


def test_the_first_image_is_shown_before_a_file_is_picked(get, run, put):
    put(run, "a/weights.pt", b"\0\1")
    put(run, "a/notes.txt", b"hello there")
    page = get("artifacts/").content.decode()
    assert "hello there" in page
    put(run, "plots/loss.png", b"\x89PNG")
    page = get("artifacts/").content.decode()
    assert 'aria-label="Preview of plots/loss.png"' in page
    assert "notes.txt" not in page


def test_text_is_shown_in_parts(get, run, put):
    put(run, "big.txt", b"a line of text\n" * 40_000)
    first = get("artifacts/?path=big.txt").content.decode()
    assert "The first 262 kB of 600 kB." in first
    assert first.count('class="code-line"') == 262144 // 15 + 1
    more = get("artifacts/preview/?path=big.txt&bytes=1048576").content.decode()
    assert more.count('class="code-line"') == 40_000


def test_a_table_of_values_is_a_table(get, run, put):
    put(run, "t.csv", b"id,label\n1,<b>x</b>\n2,y\n")
    page = get("artifacts/?path=t.csv").content.decode()
    assert '<th scope="col">label</th>' in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_json_is_a_tree_and_broken_json_is_text(get, run, put):
    put(run, "a.json", json.dumps({"deep": {"list": [1, "two"]}}).encode())
    put(run, "b.json", b"{not json")
    assert '<span class="json-key">deep</span>' in get("artifacts/?path=a.json").content.decode()
    assert "{not json" in get("artifacts/?path=b.json").content.decode()


def test_json_nested_beyond_reason_is_text(get, run, put):
    put(run, "deep.json", b"[" * 100_000)
    assert get("artifacts/?path=deep.json").status_code == 200
    put(run, "nested.json", b"[" * 900 + b"]" * 900)
    assert get("artifacts/?path=nested.json").status_code == 200


def test_a_page_of_a_run_is_framed_without_rights(get, run, put):
    put(run, "report.html", b"<script>parent.document.title='x'</script><p>Report</p>")
    page = get("artifacts/?path=report.html").content.decode()
    assert 'sandbox=""' in page
    assert "parent.document" not in page
    raw = get("artifacts/raw/?path=report.html&inline=1")
    assert raw["Content-Security-Policy"].startswith("sandbox;")
    assert raw["X-Frame-Options"] == "SAMEORIGIN"
    assert raw["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["report.html", "plot.svg", "notes.txt", "paper.pdf"])
def test_a_download_is_never_a_page_of_the_studio(get, run, put, name):
    put(run, name, b"<script>alert(1)</script>")
    raw = get(f"artifacts/raw/?path={name}")
    assert raw["Content-Disposition"].startswith("attachment")
    assert "sandbox" in raw["Content-Security-Policy"]


def test_a_name_with_odd_characters_comes_back_as_it_was(get, run, put):
    put(run, 'über "x", y.txt', b"text")
    raw = get("artifacts/raw/", data={"path": 'über "x", y.txt'})
    assert b"".join(raw.streaming_content) == b"text"
    assert "%C3%BCber" in raw["Content-Disposition"]


def test_all_files_come_as_one_archive(get, run, put):
    put(run, "a.txt", b"one")
    put(run, "deep/b.bin", b"\0" * 3_000_000)
    packed = b"".join(get("artifacts.zip").streaming_content)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.txt", "deep/b.bin"]
        assert archive.read("a.txt") == b"one"


@pytest.mark.parametrize("path", ["../secret.key", "/etc/passwd", "nothing.txt"])
def test_a_path_that_is_none_of_the_runs_is_refused(get, path):
    assert get(f"artifacts/?path={path}").status_code in (400, 404)
    assert get(f"artifacts/raw/?path={path}").status_code in (400, 404)


def test_a_character_cut_at_the_end_is_left_out():
    assert files.decoded("grün".encode()[:3]) == "gr"
    assert files.decoded(b"\xff\xfe\x00binary") is None


def test_code_is_shown_with_the_script_of_the_command_first(get, run, keep_code):
    keep_code(run, {"train.py": "print('hi')\n", "src/model.py": "x = 1\n", "a.txt": "first"})
    run.command = "python train.py --lr 0.1"
    run.save(update_fields=["command"])
    page = get("code/").content.decode()
    assert "print(&#x27;hi&#x27;)" in page
    assert "model.py" in page
    assert "x = 1" in get("code/file/?path=src/model.py").content.decode()
    assert get("code/file/?path=nothing.py").status_code == 404


def test_a_run_without_code_says_so(get):
    assert "No code snapshot" in get("code/").content.decode()
    assert get("code.zip").status_code == 404


@pytest.mark.parametrize("layout", ["", "split"])
def test_two_runs_code_is_compared_line_by_line(get, run, other, keep_code, layout):
    keep_code(other, {"train.py": "a = 1\nb = 2\n", "old.py": "x\n"})
    keep_code(run, {"train.py": "a = 1\nb = 3\n", "new.py": "y\n"})
    page = get(f"code/?with={other.pk}&layout={layout}").content.decode()
    assert "diff-remove" in page
    assert "b = 2" in page
    assert "diff-add" in page
    assert "b = 3" in page
    assert "3 files changed" in page


def test_equal_code_is_said_to_be_equal(get, run, other, keep_code):
    for one in (run, other):
        keep_code(one, {"train.py": "a = 1\n"})
    assert "The code is the same" in get(f"code/?with={other.pk}").content.decode()


@pytest.mark.parametrize("data", [b'{"a": "\\ud800"}', b'["\\u0000"]', b"[" * 100_000, b"NaN", b"1" * 5_000])
def test_A87_A88_json_that_can_not_be_shown_as_a_tree_is_text(get, run, put, data):
    put(run, "odd.json", data)
    assert get("artifacts/?path=odd.json").status_code == 200
