"""From a bare Python to the studio's own environment, without installing anything here."""

import builtins
import subprocess
import sys
from pathlib import Path

import pytest

from studio import bootstrap

CONFIG = """
:env:.index-url='https://mirror.example/simple'
global.index-url='https://global.example/simple'
global.cert='/etc/ssl/ca.pem'
global.extra-index-url='https://one.example https://two.example'
install.find-links='/opt/wheels'
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout whose environment is there, with nothing noted as installed."""
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    (tmp_path / "manage.py").write_text("")
    (tmp_path / bootstrap.RUN_LOCK).write_text("uv==1.0 \\\n    --hash=sha256:ab\n    # via x\nwheel==2\n")
    (tmp_path / bootstrap.TEST_LOCK).write_text("pytest==8\n")
    return tmp_path


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(bootstrap, "install", lambda root, lock: done.append(lock))
    return done


def test_what_is_installed_is_not_installed_again(root: Path, installs: list[str]) -> None:
    bootstrap.ensure(root, bootstrap.RUN_LOCK)
    bootstrap.ensure(root, bootstrap.RUN_LOCK)
    assert installs == [bootstrap.RUN_LOCK]


def test_a_changed_lock_is_installed(root: Path, installs: list[str]) -> None:
    bootstrap.ensure(root, bootstrap.RUN_LOCK)
    (root / bootstrap.RUN_LOCK).write_text("wheel==3\n")
    bootstrap.ensure(root, bootstrap.RUN_LOCK)
    assert installs == [bootstrap.RUN_LOCK] * 2


def test_the_test_lock_holds_the_run_time_lock(root: Path, installs: list[str]) -> None:
    bootstrap.ensure(root, bootstrap.TEST_LOCK)
    bootstrap.ensure(root, bootstrap.RUN_LOCK)
    assert installs == [bootstrap.TEST_LOCK]


def test_an_environment_whose_python_is_gone_is_made_again(
    root: Path, installs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.ensure(root, bootstrap.RUN_LOCK)
    (root / ".venv/bin/python").unlink()
    made: list[Path] = []
    monkeypatch.setattr(bootstrap, "make_environment", made.append)
    bootstrap.ensure(root, bootstrap.RUN_LOCK)
    assert made == [root]


def test_a_python_without_venv_is_told_what_to_install(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(bootstrap.BootstrapError, match=r"apt install python3\.\d+-venv"):
        bootstrap.make_environment(root)


def test_pip_is_the_way_out_when_uv_fails(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], env: dict[str, str] | None = None) -> bool:
        commands.append(command)
        return command[1:3] == ["-m", "pip"]

    monkeypatch.setattr(bootstrap, "run", run)
    bootstrap.install(root, bootstrap.RUN_LOCK)
    assert [Path(command[0]).name for command in commands] == ["python", "uv", "python"]
    assert all("--require-hashes" in command for command in commands)


def test_when_pip_fails_too_the_sentence_names_the_index(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "run", lambda command, env=None: False)
    with pytest.raises(bootstrap.BootstrapError, match=r"could not be installed.*PIP_INDEX_URL"):
        bootstrap.install(root, bootstrap.RUN_LOCK)


def test_the_environment_comes_before_the_configuration_files() -> None:
    found = bootstrap.pip_settings(CONFIG)
    assert found["index-url"] == "https://mirror.example/simple"
    assert found["extra-index-url"] == "https://one.example https://two.example"
    assert found["find-links"] == "/opt/wheels"


def test_uv_gets_what_pip_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*bootstrap.UV_VARIABLES.values(), "UV_INDEX_URL", "UV_INDEX_STRATEGY"]:
        monkeypatch.delenv(name, raising=False)
    answer = subprocess.CompletedProcess([], 0, stdout=CONFIG)
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: answer)
    assert bootstrap.uv_environment("python") == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INDEX": "https://one.example https://two.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/opt/wheels",
        "SSL_CERT_FILE": "/etc/ssl/ca.pem",
    }


def test_what_is_set_for_uv_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX_URL", "https://own.example")
    monkeypatch.setenv("SSL_CERT_FILE", "/own.pem")
    answer = subprocess.CompletedProcess([], 0, stdout=CONFIG)
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: answer)
    found = bootstrap.uv_environment("python")
    assert "UV_DEFAULT_INDEX" not in found
    assert "SSL_CERT_FILE" not in found


def test_the_bootstrap_needs_nothing_installed() -> None:
    """It runs before anything is: the first import of a package would end it."""
    code = f"import sys; sys.path.insert(0, {str(Path(bootstrap.__file__).parents[1])!r}); import studio.bootstrap"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
