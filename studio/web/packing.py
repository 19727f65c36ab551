"""Our ES modules and style sheets, several in one file: what a page needs comes in a few answers instead of eighty.

Only the collected copy is packed (`manage.py collectstatic`); the source tree keeps a file for each thing, and tests and
development serve that. A pack is plain text: each module is a function under its own name, in the order in which a
browser would run them, and nothing is shortened. A module that several pages use runs once, as before.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

EVERY_PAGE = "js/app.js"
# Small modules that most pages load for themselves: they come with what every page loads.
WITH_EVERY_PAGE = ("js/run/dom.js", "js/run/numbers.js", "js/run/fetching.js", "js/run/plotly.js")
IMPORT = re.compile(r'^import (?:(?:\{([^}]*)\}|(\w+)) from )?"([^"]+)";[ \t]*\n', re.MULTILINE)
LATER = re.compile(r'\bimport\("([^"]+)"\)')
EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export|await)\b.*|\bimport\.meta\b", re.MULTILINE)
SHEET = re.compile(r'^@import url\("([^"]+)"\);\n', re.MULTILINE)
RELATIVE = re.compile(r"""url\((?!["']?(?:data:|#|/))""")


class Unpackable(ValueError):
    """A module or a sheet is written in a way that a pack can't hold."""


def packed(sources: Mapping[str, str]) -> dict[str, str]:
    """The texts that differ once packed, by name. `sources`: modules below `js/` and sheets, by name."""
    modules = Modules({name: text for name, text in sources.items() if name.startswith("js/")})
    sheets = {name: text for name, text in sources.items() if name.endswith(".css")}
    changed = {name: modules.text_of(name) for name in modules.texts if name not in modules.pack_of}
    changed |= {name: _sheet(name, sheets) for name, text in sheets.items() if SHEET.search(text)}
    return {name: text for name, text in changed.items() if text != sources[name]}


class Modules:
    """Which module goes where. A root is what a page or a dynamic import names; a pack is a root with its own modules."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.imports = {name: tuple(self._named(name, IMPORT, 3)) for name in texts}

    @cached_property
    def roots(self) -> frozenset[str]:
        imported = {below for found in self.imports.values() for below in found}
        later = {below for name in self.texts for below in self._named(name, LATER, 1)}
        return frozenset(self.texts) - (imported - later)

    @cached_property
    def pack_of(self) -> dict[str, str]:
        """The root whose pack holds a module. One that several pages load, or none, stays a file of its own."""
        above: dict[str, set[str]] = {}
        for root in self.roots:
            for name in self.within(root):
                above.setdefault(name, set()).add(root)
        every = EVERY_PAGE if EVERY_PAGE in self.texts else None
        homes = {name: every if every in roots else next(iter(roots)) for name, roots in above.items()}
        return {name: home for name, home in homes.items() if home and (home == every or len(above[name]) == 1)}

    def within(self, root: str) -> list[str]:
        """What a root loads, other roots aside, in the order in which it runs."""
        found: dict[str, None] = {}

        def visit(name: str) -> None:
            for below in self.imports.get(name, ()):
                if below in self.texts and below not in self.roots and below not in found:
                    visit(below)
                    found[below] = None

        for name in (root, *(WITH_EVERY_PAGE if root == EVERY_PAGE else ())):
            visit(name)
            if name in self.texts and name != root:
                found[name] = None
        return list(found)

    def text_of(self, root: str) -> str:
        """The file of a root or of a module on its own, with what is packed into it."""
        held = [name for name in self.within(root) if self.pack_of.get(name) == root] if root in self.roots else []
        outside = {below for name in (*held, root) for below in self.imports[name]} - set(held)
        parts = [*self._doors(root, outside), *(self._function(name, root) for name in held), self._body(root, root)]
        if root == EVERY_PAGE:
            parts.append(f"export {{ {', '.join(map(_label, held))} }};\n")
        return "\n".join(parts) if len(parts) > 1 else self.texts[root]

    def _doors(self, root: str, outside: set[str]) -> Iterator[str]:
        """The imports a pack still has. What every page has loaded is taken from there."""
        shared = sorted(name for name in outside if self.pack_of.get(name) == EVERY_PAGE)
        if shared:
            yield f'import {{ {", ".join(map(_label, shared))} }} from "{_path(root, EVERY_PAGE)}";'
        for name in sorted(outside - set(shared)):
            yield f'import * as {_label(name)} from "{_path(root, name)}";'

    def _function(self, name: str, root: str) -> str:
        body = EXPORT.sub("", self._body(name, root))
        exported = ", ".join(EXPORT.findall(self.texts[name]))
        return f"const {_label(name)} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();\n"

    def _body(self, name: str, root: str) -> str:
        text = IMPORT.sub(lambda found: self._taken(name, found), self.texts[name])
        text = LATER.sub(lambda found: f'import("{_path(root, _target(name, found[1]))}")', text)
        odd = OTHER.search(EXPORT.sub("", text))
        if odd:
            raise Unpackable(f"{name}: a pack can't hold “{odd[0]}”. Name what is imported and export declarations.")
        return f"// --- {name}\n{text}"

    def _taken(self, name: str, found: re.Match[str]) -> str:
        names, default, path = found.groups()
        words = f"default: {default}" if default else (names or "").replace(" as ", ": ").strip().rstrip(",")
        return f"const {{ {words} }} = {_label(_target(name, path))};\n" if words else "\n"

    def _named(self, name: str, pattern: re.Pattern[str], group: int) -> Iterator[str]:
        return (_target(name, found[group]) for found in pattern.finditer(self.texts[name]))


def _target(name: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _path(name: str, target: str) -> str:
    found = posixpath.relpath(target, posixpath.dirname(name))
    return found if found.startswith(".") else f"./{found}"


def _label(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name.removeprefix("js/").removesuffix(".js"))


def _sheet(name: str, sheets: Mapping[str, str]) -> str:
    """A sheet with the sheets it imports in their places."""

    def held(found: re.Match[str]) -> str:
        inner = _target(name, found[1])
        if posixpath.dirname(inner) != posixpath.dirname(name) and RELATIVE.search(sheets[inner]):
            raise Unpackable(f"{inner}: its relative addresses would change by being packed into {name}.")
        text = sheets[inner].removeprefix('@charset "UTF-8";\n')
        return f"/* --- {inner} */\n{text}\n"

    return SHEET.sub(held, sheets[name])
