"""What is collected comes in packs: every module runs once, after those it needs, and finds its way to the others."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from studio.web import packing
from studio.web.static_files import ModuleStorage

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "static"
EXAMPLE = {
    "js/app.js": 'import "./storage.js";\nimport { icon } from "./run/icon.js";\nicon("x");\n',
    "js/storage.js": "export const kept = new Map();\n",
    "js/run/icon.js": "export function icon(name) {}\nexport class Icon {}\n",
    "js/grid/grid.js": 'import uPlot from "../../vendor/uplot.js";\nimport { kept as all } from "../storage.js";\n'
    'import { row } from "./rows.js";\nrow(all, uPlot);\n',
    "js/grid/rows.js": 'export const row = () => import("../charts/wall.js");\n',
    "js/charts/wall.js": 'import { line } from "./line.js";\nline();\n',
    "js/charts/card.js": 'import { line } from "./line.js";\nline();\n',
    "js/charts/line.js": "export function line() {}\n",
}


@pytest.fixture(scope="module")
def ours() -> dict[str, str]:
    places = [*STATIC.glob("js/**/*.js"), *STATIC.glob("css/**/*.css"), *STATIC.glob("vendor/*/*.css")]
    return {path.relative_to(STATIC).as_posix(): path.read_text() for path in places}


def test_a_pack_holds_its_modules_in_the_order_in_which_they_run() -> None:
    text = packing.packed(EXAMPLE)["js/app.js"]

    assert re.findall(r"^// --- (.*)", text, re.MULTILINE) == ["js/storage.js", "js/run/icon.js", "js/app.js"]
    assert "return { icon, Icon };" in text
    assert "const { icon } = module_run_icon;" in text
    assert text.endswith("export { module_storage, module_run_icon };\n")


def test_a_module_of_every_page_is_taken_from_there_and_not_made_twice() -> None:
    text = packing.packed(EXAMPLE)["js/grid/grid.js"]

    assert 'import { module_storage } from "../app.js";' in text
    assert "const { kept: all } = module_storage;" in text
    assert "new Map" not in text


def test_what_two_pages_share_stays_a_file_of_its_own() -> None:
    packs = packing.packed(EXAMPLE)

    assert 'import * as module_charts_line from "./line.js";' in packs["js/charts/wall.js"]
    assert "js/charts/line.js" not in packs


def test_a_library_and_what_is_loaded_later_are_found_from_where_the_pack_lies() -> None:
    text = packing.packed(EXAMPLE)["js/grid/grid.js"]

    assert 'import * as module_vendor_uplot from "../../vendor/uplot.js";' in text
    assert 'import("../charts/wall.js")' in text
    assert "const { default: uPlot } = " in text


@pytest.mark.parametrize("line", ["export default 1;", "export let size = 1;", "export { a };", "await fetch('/');"])
def test_what_a_pack_cannot_hold_is_refused(line: str) -> None:
    with pytest.raises(packing.Unpackable):
        packing.packed({"js/app.js": 'import "./odd.js";\n', "js/odd.js": f"{line}\n"})


def test_a_sheet_holds_the_sheets_it_imports() -> None:
    packs = packing.packed(
        {"css/all.css": '/* All. */\n@import url("one.css");\n', "css/one.css": ".one { gap: 0; }\n"}
    )

    assert packs["css/all.css"] == "/* All. */\n/* --- css/one.css */\n.one { gap: 0; }\n\n"


def test_no_module_that_a_page_names_is_inside_a_pack(ours: dict[str, str]) -> None:
    modules = packing.Modules({name: text for name, text in ours.items() if name.startswith("js/")})
    pages = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    named = set(re.findall(r"""{% static ["'](js/[^"']+\.js)["']""", pages))

    assert named & set(modules.pack_of) == set()


def test_our_own_modules_are_collected_in_packs_that_find_each_other(ours: dict[str, str], tmp_path: Path) -> None:
    collected = shutil.copytree(
        STATIC, tmp_path / "static", ignore=shutil.ignore_patterns("axe-core", "plotly-*.js", "*.py")
    )
    names = [path.relative_to(collected).as_posix() for path in collected.rglob("*") if path.is_file()]
    source, storage = FileSystemStorage(location=STATIC), ModuleStorage(location=collected, base_url="/static/")
    results = list(storage.post_process({name: (source, name) for name in names}))
    text = (collected / storage.stored_name("js/grid/runs-grid.js")).read_text()

    assert [result for _, _, result in results if isinstance(result, Exception)] == []
    assert text.count("// --- js/") > 15
    for address in re.findall(r"""(?:from |import\()"(\.[^"]+)\"""", text):
        assert (collected / "js/grid" / address).resolve().is_file(), address
