"""Fetch the front-end libraries this folder holds, at the pinned versions, or check the files that are here.

    python static/vendor/vendor.py            fetch with `npm pack`, write the files, the licences and vendor.json
    python static/vendor/vendor.py --check    compare every file with vendor.json, offline; exit 1 when one differs

To add an icon: name it in ICONS (a Lucide name) and run the script. To move a version: change it in PACKAGES, run the
script, look at `/ui/` in both themes, commit the folder. To use another part of AG Grid: name its module in GRID_MODULES
(the grid's console error says which one is missing) and run the script.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "vendor.json"
SVG = "{http://www.w3.org/2000/svg}"

ICONS = """
activity archive archive-restore arrow-down arrow-left arrow-right arrow-up arrow-up-down badge-check bell bookmark
book-open box braces calendar chart-column chart-line chart-scatter check chevron-down chevron-left chevron-right chevron-up
chevrons-up-down circle circle-alert circle-check circle-dot circle-help circle-pause circle-play circle-stop circle-x clock code
columns-3 command copy corner-down-left corner-down-right cpu diff download ellipsis ellipsis-vertical external-link eye eye-off file
file-archive file-code file-diff file-image file-json file-plus file-text file-x filter filter-x flag flask-conical
folder folder-open folder-tree gauge git-branch git-commit-horizontal git-compare grip-vertical hard-drive hash history
hourglass house image images inbox info key-round keyboard layers layout-grid link list list-filter list-tree loader
loader-circle lock lock-open log-in log-out mail maximize memory-stick menu message-square minimize minus monitor moon
notebook-pen package panel-left panel-left-close panel-left-open panel-right pause pencil percent pin pin-off play plug
plus radio refresh-cw rocket rotate-ccw rotate-cw rows-3 scale scroll-text sigma search send server settings share-2 shield
shield-check sliders-horizontal spline square square-terminal star sun table-2 tag tags target terminal thermometer timer trash
triangle-alert trending-down trending-up undo-2 unplug upload user user-plus user-x users wifi-off workflow wrap-text
wrench x zap zoom-in zoom-out save redo-2 folder-input flame cloud database
clipboard-paste locate-fixed map repeat split unlink network puzzle
""".split()

# What the runs table uses of AG Grid: the rest, half of the library, is left out when the files are fetched.
GRID_MODULES = (
    "CellApiModule", "CellStyleModule", "ColumnApiModule", "EventApiModule", "HighlightChangesModule",
    "InfiniteRowModelModule", "LargeTextEditorModule", "PinnedRowModule", "RenderApiModule", "RowApiModule",
    "RowStyleModule", "ScrollApiModule", "TextEditorModule",
)
ESBUILD = "esbuild@0.28.2"


def without_source_map(text: str) -> str:
    """The text less its source-map comment: the map is not shipped, and a reference to it would break hashed names."""
    return re.sub(r"\n?(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+)", "", text).rstrip() + "\n"


def as_module(text: str) -> str:
    """A plain script that makes the name `uPlot`, as a module whose default it is."""
    return f"{without_source_map(text)}export default uPlot;\n"


def as_function(text: str) -> str:
    """A plain script as a module whose default is a function: what the script would leave in the window, and the others it
    looks for there, are properties of the function's argument. So nothing is global, and who calls says the order."""
    return f"export default function (self, globalThis = self) {{\n{without_source_map(text)}return self;\n}}\n"


def in_layer(text: str) -> str:
    """A style sheet inside the cascade layer `tabler`, so that our own rules win without a fight over specificity."""
    charset = '@charset "UTF-8";'
    body = without_source_map(text).removeprefix(charset).strip()
    # A rule that asks for words in `style` or in the class of anything, or for what stands within anything, makes every
    # change of the page a question to the whole of it. Those that no page uses go.
    body = body.replace(",[style*=background]", "")
    body = re.sub(r"(?<=[{}])(?:\.table-striped|\.steps:not\(:has)[^{}]*\{[^{}]*\}", "", body)
    return f"{charset}\n@layer tabler {{\n{body}\n}}\n"


def in_plain_layer(text: str) -> str:
    """A style sheet of a library inside the cascade layer `vendor`, for the same reason."""
    return f"@layer vendor {{\n{without_source_map(text).strip()}\n}}\n"


def plotly_rules(text: str) -> str:
    """The style sheet that the Plotly bundle would inject at start, which a strict Content-Security-Policy refuses."""
    table = re.search(r'\{"X,X div":.*?\}', text, re.DOTALL)
    if table is None:
        raise SystemExit("The Plotly bundle no longer holds its rules where plotly_rules() looks for them.")
    rules = []
    for _, selector, _, body in re.findall(r"""(["'])(.*?)\1:(["'])(.*?)\3(?=[,}])""", table.group()):
        place = ".js-plotly-plot .plotly"
        scoped = selector.replace("Y", ".plotly-notifier") if selector.startswith("Y") else selector.replace("X", place)
        rules.append(f"{scoped} {{{body}}}")
    return "\n".join(rules) + "\n"


@dataclass(frozen=True)
class Bundle:
    """One module that esbuild makes of the parts a library is used for, so that a page loads no others."""

    name: str
    exports: tuple[str, ...]
    registered: tuple[str, ...]
    holds: tuple[str, ...]
    "What it holds beside the package itself, pinned, under the same licence."

    @property
    def banner(self) -> str:
        return f"/* Made by {ESBUILD} of {' '.join(self.registered)}. */"


@dataclass(frozen=True)
class Package:
    """One npm package: what is taken from it, where it goes and what is done to it on the way."""

    name: str
    version: str
    licence: str
    files: dict[str, tuple[str, Callable[[str], str] | None]]
    licence_file: str = "LICENSE"
    folder: str = ""
    use: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    bundle: Bundle | None = None


PACKAGES = (
    Package(
        "@tabler/core", "1.6.1", "MIT",
        {"dist/css/tabler.min.css": ("tabler.css", in_layer)},
        licence_file="", folder="tabler", use="base style sheet of every page",
    ),
    Package(
        "htmx.org", "2.0.11", "0BSD",
        {"dist/htmx.min.js": ("htmx.min.js", without_source_map)},
        folder="htmx", use="every page",
    ),
    Package(
        "plotly.js-cartesian-dist-min", "4.1.1", "MIT",
        {"plotly-cartesian.min.js": ("plotly-cartesian.min.js", without_source_map)},
        folder="plotly", use="pages with charts", extra={"plotly-cartesian.min.js": "plotly.css"},
    ),
    Package(
        "uplot", "1.6.32", "MIT",
        {
            "dist/uPlot.iife.min.js": ("uplot.js", as_module),
            "dist/uPlot.min.css": ("uplot.css", in_plain_layer),
        },
        folder="uplot", use="walls of charts",
    ),
    Package(
        "ansi_up", "6.0.6", "MIT",
        {"ansi_up.js": ("ansi_up.js", without_source_map)},
        folder="ansi_up", use="log viewer",
    ),
    Package("lucide-static", "1.62.0", "ISC", {}, folder="lucide", use="icons of every page"),
    Package(
        "@fontsource-variable/inter", "5.3.0", "OFL-1.1",
        {
            "files/inter-latin-wght-normal.woff2": ("inter-latin.woff2", None),
            "files/inter-latin-ext-wght-normal.woff2": ("inter-latin-ext.woff2", None),
        },
        folder="inter", use="text of every page",
    ),
    Package(
        "ag-grid-community", "36.2.0", "MIT",
        {
            "styles/ag-grid.min.css": ("ag-grid.css", without_source_map),
            "styles/ag-theme-quartz-no-font.min.css": ("ag-theme-quartz.css", without_source_map),
        },
        licence_file="LICENSE.txt", folder="ag-grid", use="the runs table",
        bundle=Bundle("ag-grid.js", ("createGrid",), GRID_MODULES, ("ag-stack@36.2.0",)),
    ),
    Package(
        "react", "18.3.1", "MIT",
        {"umd/react.production.min.js": ("react.js", as_function)},
        folder="react", use="the designer",
    ),
    Package(
        "react-dom", "18.3.1", "MIT",
        {"umd/react-dom.production.min.js": ("react-dom.js", as_function)},
        folder="react-dom", use="the designer",
    ),
    Package(
        "htm", "3.1.1", "Apache-2.0",
        {"dist/htm.module.js": ("htm.js", without_source_map)},
        folder="htm", use="the designer",
    ),
    Package(
        "@xyflow/react", "12.12.1", "MIT",
        {
            "dist/umd/index.js": ("xyflow.js", as_function),
            "dist/base.css": ("xyflow.css", in_plain_layer),
        },
        folder="xyflow", use="the designer",
    ),
    Package(
        "axe-core", "4.14.1", "MPL-2.0",
        {"axe.min.js": ("axe.min.js", without_source_map)},
        folder="axe-core", use="browser tests only; no page loads it",
    ),
)
TABLER_LICENCE = """MIT License

Copyright (c) 2018-2026 The Tabler Authors
Copyright (c) 2018-2026 codecalm.net Pawel Kuna

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def unpacked(package: Package, *, scratch: Path) -> Path:
    """The folder of the package's files, fetched by npm at exactly the pinned version."""
    target = scratch / package.folder
    target.mkdir()
    spec = f"{package.name}@{package.version}"
    subprocess.run(["npm", "pack", spec, "--silent", "--pack-destination", str(target)], check=True, timeout=300,
                   stdout=subprocess.DEVNULL)
    with tarfile.open(next(target.glob("*.tgz"))) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def bundled(package: Package, bundle: Bundle, *, scratch: Path) -> str:
    """The text of the module: what is exported, with the registered parts of the library and nothing else."""
    folder = scratch / f"{package.folder}-bundle"
    folder.mkdir()
    wanted = [f"{package.name}@{package.version}", *bundle.holds, ESBUILD]
    (folder / "package.json").write_text('{"private": true}', "utf-8")
    subprocess.run(["npm", "install", *wanted, "--silent", "--save-exact", "--ignore-scripts", "--no-audit", "--no-fund"],
                   check=True, timeout=300, cwd=folder, stdout=subprocess.DEVNULL)
    parts = ", ".join(bundle.registered)
    (folder / "entry.mjs").write_text(
        f'import {{ ModuleRegistry, {parts} }} from "{package.name}";\n'
        f"ModuleRegistry.registerModules([{parts}]);\n"
        f'export {{ {", ".join(bundle.exports)} }} from "{package.name}";\n', "utf-8")
    options = ["--bundle", "--format=esm", "--minify", "--target=es2022", "--charset=utf8", "--log-level=error"]
    made = subprocess.run(["node_modules/.bin/esbuild", "entry.mjs", *options, f"--banner:js={bundle.banner}"],
                          check=True, timeout=300, cwd=folder, capture_output=True, text=True)
    return made.stdout


def sprite(source: Path) -> str:
    """One SVG file with a symbol for each icon we use; stroke and fill come from the page's `.icon` class."""
    parts = ['<svg xmlns="http://www.w3.org/2000/svg">']
    for name in sorted(ICONS):
        root = ET.parse(source / "icons" / f"{name}.svg").getroot()
        shapes = "".join(ET.tostring(shape, encoding="unicode").strip() for shape in root)
        shapes = re.sub(r'\s*xmlns:ns0="[^"]*"', "", shapes).replace("ns0:", "")
        parts.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return "\n".join([*parts, "</svg>", ""])


def write_package(package: Package, *, source: Path, scratch: Path) -> list[Path]:
    """The paths written for one package, its licence among them."""
    target = HERE / package.folder
    target.mkdir(exist_ok=True)
    written = [target / "LICENSE"]
    licence = (source / package.licence_file).read_text("utf-8") if package.licence_file else TABLER_LICENCE
    written[0].write_text(licence, "utf-8")
    for inside, (name, change) in package.files.items():
        written.append(target / name)
        if change is None:
            written[-1].write_bytes((source / inside).read_bytes())
            continue
        text = (source / inside).read_text("utf-8")
        written[-1].write_text(change(text), "utf-8")
        if name in package.extra:
            written.append(target / package.extra[name])
            written[-1].write_text(plotly_rules(text), "utf-8")
    if package.bundle:
        written.append(target / package.bundle.name)
        written[-1].write_text(bundled(package, package.bundle, scratch=scratch), "utf-8")
    if package.folder == "lucide":
        written.append(target / "icons.svg")
        written[-1].write_text(sprite(source), "utf-8")
    return written


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch() -> None:
    """Write every package and the lock file."""
    entries = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            folder = Path(scratch)
            written = write_package(package, source=unpacked(package, scratch=folder), scratch=folder)
            files = {path.relative_to(HERE).as_posix(): sha256(path) for path in written}
            made = {"made_by": ESBUILD, "holds": list(package.bundle.holds)} if package.bundle else {}
            entries.append({"name": package.name, "version": package.version, "licence": package.licence,
                            "use": package.use, **made, "files": files})
    LOCK.write_text(json.dumps({"packages": entries}, indent=2) + "\n", "utf-8")


def problems() -> list[str]:
    """What differs between the folder, vendor.json and the lists in this script; empty when all is well."""
    entries = json.loads(LOCK.read_text("utf-8"))["packages"]
    found = []
    if [(e["name"], e["version"]) for e in entries] != [(p.name, p.version) for p in PACKAGES]:
        found.append("vendor.json does not name the pinned packages: run the script without --check.")
    locked = {name: digest for entry in entries for name, digest in entry["files"].items()}
    for name, digest in locked.items():
        path = HERE / name
        if not path.is_file():
            found.append(f"{name} is missing.")
        elif sha256(path) != digest:
            found.append(f"{name} differs from vendor.json.")
    present = {path.relative_to(HERE).as_posix() for path in HERE.glob("*/*") if path.suffix not in {".pyc"}}
    found += [f"{name} is not in vendor.json." for name in sorted(present - set(locked))]
    for package in PACKAGES:
        made = package.bundle and (HERE / package.folder / package.bundle.name).read_text("utf-8")
        if made and not made.startswith(package.bundle.banner):
            found.append(f"{package.bundle.name} holds other parts than are named: run the script without --check.")
    icons = (HERE / "lucide" / "icons.svg").read_text("utf-8")
    found += [f"The icon {name} is not in the sprite." for name in ICONS if f'id="{name}"' not in icons]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Fetch or check the vendored front-end libraries.")
    parser.add_argument("--check", action="store_true", help="verify the files offline")
    if not parser.parse_args().check:
        fetch()
    found = problems()
    print("\n".join(found) if found else f"{len(PACKAGES)} packages as pinned.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
