"""Rules of the front end that can be read off the files: no inline code, known icons, colours only as tokens."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted((ROOT / "static" / "js").rglob("*.js"))
SHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
PYTHON = [path for app in ("studio", "compute", "registry", "runs") for path in sorted((ROOT / app).rglob("*.py"))]
SPRITE = (ROOT / "static" / "vendor" / "lucide" / "icons.svg").read_text()
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(")


def named(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


@pytest.mark.parametrize("path", TEMPLATES, ids=named(TEMPLATES))
def test_a_template_has_no_inline_code_or_style(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "an inline script"
    assert not re.search(r"<style\b|\sstyle=", text), "an inline style"
    assert not re.search(r"\son[a-z]+=\"", text), "an inline handler"
    assert "javascript:" not in text


@pytest.mark.parametrize("path", MODULES, ids=named(MODULES))
def test_a_module_is_short_and_writes_no_html(path: Path) -> None:
    text = path.read_text()

    assert len(text.splitlines()) <= 400
    assert not re.search(
        r"\.(inner|outer)HTML\s*[+]?=[^=]|insertAdjacentHTML|document\.write\b|\beval\(|new Function", text
    )


def test_every_icon_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))
    asked = set()
    for path in TEMPLATES + MODULES + PYTHON:
        asked |= set(re.findall(r'(?:(?<!\.)\bicon[ =(]"|"icon": ")([a-z0-9-]+)"', path.read_text()))

    assert asked - known == set()


def test_every_state_has_its_glyph() -> None:
    from studio.web.templatetags.ui import STATES

    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "img" / "glyphs.svg").read_text()))

    assert {shape for shape, _ in STATES.values()} <= drawn


@pytest.mark.parametrize("path", SHEETS, ids=named(SHEETS))
def test_a_sheet_is_short_and_its_colours_are_tokens(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)

    assert len(text.splitlines()) <= 400
    if path.name != "tokens.css":
        rest = re.sub(r"rgb\(0 0 0 / \d+%\)|url\([^)]*\)", "", text)
        assert not COLOUR.search(rest), COLOUR.findall(rest)


def test_every_token_that_is_used_exists() -> None:
    sheets = "\n".join(path.read_text() for path in SHEETS)
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", sheets))
    # Tokens that a template or a module sets on one element are named with a fallback.
    used = set(re.findall(r"var\((--[a-z0-9-]+)\s*\)", sheets))

    assert {name for name in used - defined if not name.startswith("--tblr-")} == set()


def test_both_themes_define_the_same_colours() -> None:
    text = (ROOT / "static" / "css" / "tokens.css").read_text()
    light, dark = text.split(':root[data-theme="dark"]', 1)
    colours = {name for name, value in re.findall(r"(--[a-z0-9-]+):\s*([^;]+);", light) if COLOUR.search(value)}
    dark_names = set(re.findall(r"(--[a-z0-9-]+):", dark.split("\n  }\n", 1)[0]))

    assert colours - dark_names == set()
