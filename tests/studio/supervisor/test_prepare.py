"""When a start may skip migrating and collecting."""

import sqlite3
import sys
from pathlib import Path

import pytest

from studio.supervisor import database, prepare
from studio.supervisor.preflight import StartError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout in small."""
    made = tmp_path / "checkout"
    for name in ("requirements.txt", "studio/settings/base.py", "studio/first_start.py", "static/css/base.css"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(name)
    (made / "runs/migrations").mkdir(parents=True)
    (made / "runs/migrations/0001_initial.py").write_text("")
    return made


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    (tmp_path / "var/logs").mkdir(parents=True)
    return tmp_path / "var"


def apply(data_dir: Path, *names: str) -> None:
    with sqlite3.connect(data_dir / "studio.sqlite3") as link:
        link.execute("CREATE TABLE IF NOT EXISTS django_migrations (app TEXT, name TEXT)")
        link.executemany("INSERT INTO django_migrations VALUES ('runs', ?)", [(name,) for name in names])


def prepare_here(root: Path, data_dir: Path, code: str = "print('{}')") -> dict[str, str]:
    return prepare.prepare(root, data_dir, [sys.executable, "-c", code], {})


def test_a_new_data_folder_needs_preparing(root: Path, data_dir: Path) -> None:
    assert not prepare.is_prepared(root, data_dir, "")


def test_a_prepared_one_does_not(root: Path, data_dir: Path) -> None:
    apply(data_dir, "0001_initial")
    prepare_here(root, data_dir)
    assert prepare.is_prepared(root, data_dir, "")


def test_a_new_migration_asks_for_preparing(root: Path, data_dir: Path) -> None:
    apply(data_dir, "0001_initial")
    prepare_here(root, data_dir)
    (root / "runs/migrations/0002_more.py").write_text("")
    assert not prepare.is_prepared(root, data_dir, "")


def test_a_changed_static_file_asks_for_preparing(root: Path, data_dir: Path) -> None:
    apply(data_dir, "0001_initial")
    prepare_here(root, data_dir)
    (root / "static/css/base.css").write_text("changed")
    assert not prepare.is_prepared(root, data_dir, "")


def test_a_restored_older_database_asks_for_preparing(root: Path, data_dir: Path) -> None:
    apply(data_dir, "0001_initial")
    prepare_here(root, data_dir)
    (data_dir / "studio.sqlite3").unlink()
    assert not prepare.is_prepared(root, data_dir, "")


def test_what_prepare_has_to_tell_is_its_last_line(root: Path, data_dir: Path) -> None:
    told = prepare_here(root, data_dir, """print('migrating'); print('{"link": "http://x"}')""")
    assert told == {"link": "http://x"}


def test_a_failure_is_one_sentence_and_is_tried_again(root: Path, data_dir: Path) -> None:
    with pytest.raises(StartError, match=r"could not be prepared \(boom\): see .*prepare.log"):
        prepare_here(root, data_dir, "import sys; sys.exit('boom')")
    assert not prepare.is_prepared(root, data_dir, "")


def test_a_file_that_is_no_database_is_named(data_dir: Path) -> None:
    (data_dir / "studio.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(StartError, match="no SQLite database"):
        database.applied_migrations("", data_dir)


def test_an_unknown_kind_of_database_is_refused(data_dir: Path) -> None:
    with pytest.raises(StartError, match="DATABASE_URL names no database the studio knows"):
        database.applied_migrations("oracle://x", data_dir)


def test_a_postgresql_that_refuses_is_named_without_its_password(data_dir: Path) -> None:
    with pytest.raises(StartError, match="The database of DATABASE_URL refuses") as caught:
        database.applied_migrations("postgresql://ada:geheim@127.0.0.1:1/studio", data_dir)
    assert "geheim" not in str(caught.value)
