"""The rules of docs/architecture.md and of the style, held by reading the source."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.access.permissions import Permission

ROOT = Path(__file__).resolve().parents[1]
APPS = ("studio", "compute", "registry", "runs")
SKIPPED = {"migrations", "__pycache__"}
BANNED_NAMES = {"utils", "helpers", "common", "misc"}
THIN = ("views", "api", "consumers", "templatetags", "context")  # may not touch managers
LONGEST_FILE, LONGEST_FUNCTION = 400, 40


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not SKIPPED & set(path.parts):
                yield path


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


OURS = list(sources(*APPS))
EVERYTHING = [*OURS, *sources("sdk/src", "tests", "examples", "bench")]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def is_thin(path: Path) -> bool:
    # A file `logs_api.py` is an API; not everything in the package `mlflow_api` is.
    names = {*path.relative_to(ROOT).parts[:-1], path.stem, *path.stem.split("_")}
    # studio/api is the machinery, not a feature's API.
    return bool(names & set(THIN)) and path.relative_to(ROOT).parts[:2] not in {("studio", "api"), ("studio", "home")}


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def test_views_api_consumers_and_template_tags_do_not_touch_managers() -> None:
    found = [
        where(path, node)
        for path in OURS
        if is_thin(path)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]
    assert found == []


def test_services_are_keyword_only() -> None:
    found = []
    for path in OURS:
        parts = path.relative_to(ROOT).parts
        if path.name != "services.py" and "services" not in parts:
            continue
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                positional = [*node.args.posonlyargs, *node.args.args]
                # A package of services may hold small readers beside its use cases, which are those with an actor.
                is_use_case = path.name == "services.py" or any(argument.arg == "actor" for argument in positional)
                if is_use_case and positional:
                    found.append(f"{where(path, node)} {node.name}")
    assert found == []


def test_tasks_are_queued_after_commit() -> None:
    found = [
        where(path, node)
        for path in OURS
        if path.relative_to(ROOT) != Path("studio/celery.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"delay", "apply_async"}
    ]
    assert found == []


def test_nobody_asks_for_a_role_but_the_judge() -> None:
    found = [
        where(path, node)
        for path in OURS
        if path.relative_to(ROOT).parts[:2] != ("studio", "access")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare)
        and any(isinstance(side, ast.Attribute) and side.attr == "role" for side in [node.left, *node.comparators])
        and any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
    ]
    # Whether a role changes at all is no question of rights.
    assert [place for place in found if not place.startswith("studio/workspaces/services.py")] == []


def test_there_are_no_drawers() -> None:
    assert [ids(path) for path in EVERYTHING if path.stem in BANNED_NAMES] == []


@pytest.mark.parametrize("path", OURS, ids=ids)
def test_files_and_functions_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_the_environment_is_read_in_the_settings_alone() -> None:
    # Before Django is there: what makes the virtual environment and what starts the processes.
    outside = {
        "studio/settings",
        "studio/bootstrap.py",
        "studio/supervisor",
        "studio/celery.py",
        "studio/asgi.py",
        "studio/wsgi.py",
        "compute/building/program/__main__.py",  # a job's own process, without Django
    }
    found = []
    for path in OURS:
        name = ids(path)
        if any(name == place or name.startswith(f"{place}/") for place in outside):
            continue
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in {"environ", "getenv"}
                and ast.unparse(node.value) == "os"
            ):
                found.append(where(path, node))
    assert found == []


def test_models_override_neither_save_nor_delete_nor_init() -> None:
    found = [
        f"{where(path, node)} {node.name}"
        for path in OURS
        if "models" in path.parts or path.name == "models.py"
        for owner in ast.walk(tree(path))
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete", "__init__"}
    ]
    assert found == []


def test_our_logic_hangs_on_no_signal() -> None:
    allowed = {"studio/health/worker.py"}  # Celery tells of its own life by signals only
    found = [
        ids(path)
        for path in OURS
        if ids(path) not in allowed
        and re.search(r"@receiver\(|post_save|(?<!def )(?<!field\.)pre_save|m2m_changed", path.read_text())
    ]
    assert found == []


def test_imports_are_absolute_and_name_what_they_take() -> None:
    settings = ROOT / "studio" / "settings"
    found = [
        where(path, node)
        for path in OURS
        if path.parent != settings
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.level or any(alias.name == "*" for alias in node.names))
    ]
    assert found == []


def test_templates_and_scripts_hold_nothing_the_content_policy_forbids() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\son[a-z]+\s*=\s*[\"']|javascript:|\sstyle=", re.IGNORECASE
    )
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if inline.search(line) and 'type="application/json"' not in line:
                found.append(f"{path.relative_to(ROOT)}:{number}")
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"\.(innerHTML|outerHTML)\s*\+?=(?!=)|insertAdjacentHTML|\beval\(|new Function\(", line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []


def test_every_permission_is_documented() -> None:
    text = (ROOT / "docs" / "access.md").read_text()
    assert [permission.value for permission in Permission if f"`{permission.value}`" not in text] == []


ERROR_CLASSES = {
    "Invalid",
    "Denied",
    "NotFound",
    "Conflict",
    "Gone",
    "TooLarge",
    "Unprocessable",
    "Throttled",
    "Unavailable",
    "NoSpace",
    "StudioError",
}


def codes_raised() -> dict[str, str]:
    """Every literal error code of the source, with one place that raises it."""
    found: dict[str, str] = {}
    for path in OURS:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in ERROR_CLASSES and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.setdefault(first.value, where(path, node))
    return found


def test_every_error_code_is_documented() -> None:
    text = (ROOT / "docs" / "errors.md").read_text()
    assert {code: place for code, place in codes_raised().items() if f"`{code}`" not in text} == {}


def test_every_variable_of_the_environment_is_documented() -> None:
    readers = {"text", "flag", "number", "integer", "path", "words"}
    names = {
        node.args[0].value
        for path in sources("studio/settings")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in readers
        and ast.unparse(node.func.value) == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    text = (ROOT / "docs" / "operations.md").read_text()
    assert sorted(name for name in names if f"`{name}`" not in text) == []


def test_the_arrows_between_the_apps_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "sdk" / "src")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
