"""A small root file system with Python, made from an interpreter of this machine: for where no image can be pulled.

Interpreter, standard library (compiled, so that read-only containers don't compile it at every start), the shared libraries
of all of it and those that wheels ask for by name, a shell with the commonest commands, certificates and time zones.
"""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Raised when the recipe changes: images made by an older one are not taken for the new.
RECIPE = 3
LIB = "usr/local/lib"
# Wheels are linked against these by name, whether or not Python itself is.
EXPECTED_LIBRARIES = (
    *("libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libm.so.6", "libresolv.so.2"),
    *("libgomp.so.1", "libstdc++.so.6", "libgcc_s.so.1", "libnss_files.so.2", "libnss_dns.so.2", "libz.so.1"),
)
TOOLS = (
    *("sh", "bash", "env", "cat", "ls", "mkdir", "rm", "rmdir", "cp", "mv", "ln", "chmod", "touch", "echo", "printf"),
    *("sleep", "head", "tail", "tee", "sort", "uniq", "cut", "tr", "wc", "date", "id", "uname", "nproc", "pwd", "test"),
    *(
        "true",
        "false",
        "dirname",
        "basename",
        "readlink",
        "mktemp",
        "grep",
        "sed",
        "find",
        "xargs",
        "tar",
        "gzip",
        "df",
        "du",
    ),
)
LEFT_OUT = frozenset(
    {"test", "idlelib", "turtledemo", "tkinter", "lib2to3", "site-packages", "dist-packages", "__pycache__"}
)
CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
VARIABLES = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LD_LIBRARY_PATH": f"/{LIB}",
    "LANG": "C.UTF-8",
    "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
}
ASK = (
    "import json, sys, sysconfig;"
    "print(json.dumps({'version': '%d.%d' % sys.version_info[:2], 'full': sys.version,"
    " 'stdlib': sysconfig.get_path('stdlib'), 'platstdlib': sysconfig.get_path('platstdlib'),"
    " 'dynload': sysconfig.get_config_var('DESTSHARED') or '', 'executable': getattr(sys, '_base_executable', '') or sys.executable}))"
)


class NoInterpreter(Exception):
    """This machine has no Python of the wanted version."""


@dataclass(frozen=True, slots=True)
class HostPython:
    """An interpreter of this machine: what it is and where its parts are."""

    executable: Path
    version: str
    full: str
    stdlib: Path

    @property
    def fingerprint(self) -> str:
        """Changes when the interpreter is another one; quick, because it is asked for at every build."""
        state = self.executable.stat()
        told = (RECIPE, self.full, str(self.executable), state.st_size, state.st_mtime_ns, os.uname().machine)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def find(version: str = "") -> HostPython:
    """The interpreter of this version ("3.11"; empty: the studio's own). Raises NoInterpreter."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in _candidates(version or own):
        found = _asked(candidate)
        if found is not None and found.version == (version or own):
            return found
    raise NoInterpreter(version)


@contextmanager
def root_filesystem(python: HostPython) -> Iterator[Path]:
    """A tar of the whole file system, the same bytes for the same interpreter; gone after the block."""
    with tempfile.TemporaryDirectory(prefix="atelier-base-") as name:
        stage = Path(name) / "root"
        _layout(stage)
        _place_python(stage, python)
        binaries = [stage / "usr/local/bin" / f"python{python.version}", *stage.glob(f"{LIB}/python*/lib-dynload/*.so")]
        originals = [python.executable, *(_dynload(python).glob("*.so"))]
        binaries += _place_tools(stage)
        _place_libraries(stage, [*originals, *(Path(found) for tool in TOOLS if (found := _tool(tool)))])
        _place_data(stage)
        _compile(stage, python)
        archive = Path(name) / "root.tar"
        _pack(stage, archive)
        yield archive


def _candidates(version: str) -> Iterator[str]:
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version == own:
        yield getattr(sys, "_base_executable", "") or sys.executable
    pyenv = Path(os.path.expanduser("~/.pyenv/versions"))
    uv = Path(os.path.expanduser("~/.local/share/uv/python"))
    for folder in (
        *sorted(pyenv.glob(f"{version}.*"), reverse=True),
        *sorted(uv.glob(f"cpython-{version}.*"), reverse=True),
    ):
        yield str(folder / "bin" / f"python{version}")
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path


def _asked(executable: str) -> HostPython | None:
    """What an interpreter says of itself; None for a name that leads nowhere."""
    try:
        done = subprocess.run(
            [executable, "-I", "-c", ASK],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        told = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return HostPython(Path(told["executable"]).resolve(), told["version"], told["full"], Path(told["stdlib"]))


def _layout(stage: Path) -> None:
    for folder in (
        "usr/bin",
        "usr/sbin",
        "usr/lib",
        "usr/lib64",
        "usr/local/bin",
        LIB,
        "etc/ssl/certs",
        "home/atelier",
    ):
        (stage / folder).mkdir(parents=True)
    for folder in ("tmp", "var/tmp", "root", "proc", "sys", "dev", "run", "opt"):
        (stage / folder).mkdir(parents=True)
    for link in ("bin", "sbin", "lib", "lib64"):
        (stage / link).symlink_to(f"usr/{link}")
    (stage / "etc/passwd").write_text(
        "root:x:0:0:root:/root:/bin/sh\natelier:x:10001:10001:Atelier:/home/atelier:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
    )
    (stage / "etc/group").write_text("root:x:0:\natelier:x:10001:\nnogroup:x:65534:\n")
    (stage / "etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
    (stage / "etc/os-release").write_text('ID=atelier\nNAME="Atelier base"\nPRETTY_NAME="Atelier base"\n')


def _place_python(stage: Path, python: HostPython) -> None:
    name = f"python{python.version}"
    shutil.copy(python.executable, stage / "usr/local/bin" / name)
    for link in ("python3", "python"):
        (stage / "usr/local/bin" / link).symlink_to(name)
    target = stage / LIB / name
    shutil.copytree(python.stdlib, target, ignore=_not_wanted(python.stdlib))
    if not (target / "lib-dynload").is_dir():
        shutil.copytree(_dynload(python), target / "lib-dynload")
    (target / "site-packages").mkdir()
    _place_pip(stage, target)


def _not_wanted(top: Path):
    def ignored(folder: str, names: list[str]) -> set[str]:
        out = {name for name in names if name in LEFT_OUT or name.endswith((".a", ".pyc"))}
        if Path(folder) == top:
            out |= {name for name in names if name.startswith("config-")}
        # A mark that keeps pip out of a distribution's Python has no meaning in a container.
        return out | ({"EXTERNALLY-MANAGED"} & set(names))

    return ignored


def _dynload(python: HostPython) -> Path:
    return python.stdlib / "lib-dynload"


def _place_pip(stage: Path, stdlib: Path) -> None:
    """pip from the wheel that Python carries, for images whose own Dockerfile installs."""
    wheels = sorted([*stdlib.glob("ensurepip/_bundled/pip-*.whl"), *Path("/usr/share/python-wheels").glob("pip-*.whl")])
    if not wheels:
        return
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(stdlib / "site-packages")
    script = stage / "usr/local/bin/pip"
    script.write_text(
        "#!/usr/local/bin/python3\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"
    )
    script.chmod(0o755)


def _tool(name: str) -> str:
    return shutil.which(name, path="/usr/bin:/bin") or ""


def _place_tools(stage: Path) -> list[Path]:
    placed = []
    for name in TOOLS:
        found = _tool(name)
        if found:
            shutil.copy(Path(found).resolve(), stage / "usr/bin" / name)
            placed.append(stage / "usr/bin" / name)
    return placed


def _place_libraries(stage: Path, binaries: Iterable[Path]) -> None:
    """The libraries of all these, each where its loader looks: standard folders stay, others go to one of ours."""
    paths = _linked(binaries)
    beside = {path.parent for path in paths if path.name.startswith("libc.so")}
    wanted = [folder / name for folder in beside for name in EXPECTED_LIBRARIES if (folder / name).exists()]
    # libgomp and libstdc++ may need more of their own; those not beside libc are in the usual second place.
    for folder in (Path("/usr/lib"), *Path("/usr/lib").glob("*-linux-gnu")):
        wanted += [folder / name for name in EXPECTED_LIBRARIES if (folder / name).exists()]
    for path in sorted({*paths, *wanted, *_linked(wanted)}):
        target = _place_of(stage, path)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path.resolve(), target)


def _linked(binaries: Iterable[Path]) -> set[Path]:
    found: set[Path] = set()
    names = [str(path) for path in binaries]
    for start in range(0, len(names), 50):
        done = subprocess.run(
            ["ldd", *names[start : start + 50]], capture_output=True, text=True, timeout=60, check=False
        )
        for match in re.finditer(r"(?:=>\s*|^\s+)(/\S+)\s+\(0x", done.stdout, re.MULTILINE):
            found.add(Path(match[1]))
    return found


def _place_of(stage: Path, path: Path) -> Path:
    folder = str(path.parent)
    if re.fullmatch(r"(/usr)?/lib(64)?(/[a-z0-9_]+-linux-gnu[a-z0-9]*)?", folder):
        return stage / "usr" / folder.removeprefix("/usr").lstrip("/") / path.name
    return stage / LIB / path.name


def _place_data(stage: Path) -> None:
    certificates = next((path for path in CERTIFICATES if Path(path).is_file()), None)
    if certificates:
        shutil.copy(certificates, stage / "etc/ssl/certs/ca-certificates.crt")
    else:
        import certifi

        shutil.copy(certifi.where(), stage / "etc/ssl/certs/ca-certificates.crt")
    if Path("/usr/share/zoneinfo").is_dir():
        unwanted = shutil.ignore_patterns("posix", "right")
        shutil.copytree("/usr/share/zoneinfo", stage / "usr/share/zoneinfo", ignore=unwanted, symlinks=True)


def _compile(stage: Path, python: HostPython) -> None:
    """Byte code that does not ask for its source's age: the same whoever makes it, whenever."""
    command = [
        *(str(python.executable), "-I", "-m", "compileall", "-q", "-j", "0"),
        *(
            "--invalidation-mode",
            "unchecked-hash",
            "-s",
            str(stage),
            "-p",
            "/",
            str(stage / LIB / f"python{python.version}"),
        ),
    ]
    subprocess.run(command, capture_output=True, timeout=300, check=False, stdin=subprocess.DEVNULL)


def _pack(stage: Path, archive: Path) -> None:
    with tarfile.open(archive, "w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(stage.rglob("*")):
            name = str(path.relative_to(stage))
            entry = tar.gettarinfo(path, name)
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            entry.mode = _mode_of(name, entry)
            if name == "home/atelier":
                entry.uid = entry.gid = 10001
            if entry.isreg():
                with path.open("rb") as stream:
                    tar.addfile(entry, stream)
            else:
                # Hard links of the stage are files of their own here.
                tar.addfile(entry, io.BytesIO())


def _mode_of(name: str, entry: tarfile.TarInfo) -> int:
    """Never set-user-id, never writable for others except the places for temporary files."""
    if name in {"tmp", "var/tmp"}:
        return 0o1777
    if entry.isdir() or entry.issym():
        return 0o755
    return 0o755 if entry.mode & 0o111 else 0o644
