"""Our JavaScript modules: no circle of imports, which could never get hashed names, and no deeper than the passes reach."""

import re
from functools import cache
from pathlib import Path

from studio.web.static_files import ModuleStorage

ROOT = Path(__file__).parents[3] / "static/js"
IMPORT = re.compile(r"""(?:import|export)\b[^;]*?["'](\.{1,2}/[^"']+)["']""")


@cache
def imports(module: Path) -> tuple[Path, ...]:
    return tuple((module.parent / name).resolve() for name in IMPORT.findall(module.read_text()))


def depth(module: Path, above: tuple[Path, ...] = ()) -> int:
    assert module not in above, f"a circle of imports: {' → '.join(path.name for path in (*above, module))}"
    return 1 + max((depth(below, (*above, module)) for below in imports(module)), default=0)


def test_modules_import_in_one_direction_and_every_import_is_there() -> None:
    modules = [path.resolve() for path in ROOT.rglob("*.js")]
    assert [below for module in modules for below in imports(module) if not below.is_file()] == []
    assert max(depth(module) for module in modules) < ModuleStorage.max_post_process_passes
