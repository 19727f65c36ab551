"""Jobs that read and make data, with a real runner and a real server."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from registry.data.addresses.models import AddressRule
from registry.data.assets import files, queries
from registry.data.assets.models import DataVersion
from runs.tracking.data.models import OutputFile, RunOutput
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from tests.compute.conftest import Bench
from tests.factories.data import make_data, put_file
from tests.runs.tracking.data.conftest import Carry

READ = "python -c 'import sys, os; p = sys.argv[1]; print(open(p).read(), end=\"\")' ${{inputs.cars}}"
CARS = "make,price\nvolvo,100\nsaab,200\n"


def cached() -> list[Path]:
    return sorted(Path(settings.JOB_CACHE_DIR).glob("objects/*/*"))


@pytest.mark.parametrize("mode", ["ro_mount", "download", "eval_download"])
def test_a_job_reads_an_asset(bench: Bench, carry: Carry, mode: str) -> None:
    make_data(bench.workspace, "cars")
    run, log = carry(
        f"command: {READ}\ninputs:\n  cars: {{type: uri_file, path: 'azureml:cars@latest', mode: {mode}}}\n"
    )
    assert run.state == "completed", log
    assert log == CARS


def test_a_mounted_file_is_the_cached_one_and_a_downloaded_one_is_the_jobs_own(bench: Bench, carry: Carry) -> None:
    make_data(bench.workspace, "cars", {"a.csv": b"x\n1\n", "b/c.csv": b"x\n2\n"})
    command = "stat -c %h%a ${{inputs.m}}/b/c.csv ${{inputs.d}}/b/c.csv; echo more >> ${{inputs.d}}/a.csv; cat ${{inputs.m}}/a.csv"
    inputs = "  m: {type: uri_folder, path: 'azureml:cars:1'}\n  d: {type: uri_folder, path: 'azureml:cars:1', mode: download}\n"
    run, log = carry(f"command: {command}\ninputs:\n{inputs}")
    assert run.state == "completed", log
    assert log.splitlines()[0] == "2444"  # two names, read-only
    assert log.splitlines()[1][0] == "1"
    assert log.endswith("x\n1\n")
    assert {path.read_bytes() for path in cached()} >= {b"x\n1\n", b"x\n2\n"}


def test_direct_gives_the_address(bench: Bench, carry: Carry) -> None:
    make_data(bench.workspace, "cars")
    run, log = carry("command: echo ${{inputs.cars}}\ninputs:\n  cars: {path: 'azureml:cars:1', mode: direct}\n")
    assert log == "azureml://data/cars/versions/1\n", run.state


def test_a_place_of_a_datastore_is_read_and_a_covered_address_too(bench: Bench, carry: Carry) -> None:
    put_file(bench.workspace, "mirror/sets/iris.csv", b"petal\n1\n")
    AddressRule.objects.create(prefix="https://public.example", datastore="default", path="mirror")
    inputs = (
        "  web: https://public.example/sets/iris.csv\n  all: {path: 'azureml://datastores/default/paths/mirror/'}\n"
    )
    run, log = carry(f"command: cat ${{{{inputs.web}}}} ${{{{inputs.all}}}}/sets/iris.csv\ninputs:\n{inputs}")
    assert run.state == "completed", log
    assert log == "petal\n1\npetal\n1\n"


def test_a_file_that_is_not_what_was_registered_is_never_given_to_a_job(bench: Bench, carry: Carry) -> None:
    version = make_data(bench.workspace, "cars")
    put_file(bench.workspace, version.path, b"make,price\nforged,1\n")
    run, log = carry(f"command: {READ}\ninputs:\n  cars: azureml:cars:1\n")
    assert run.state == "failed"
    assert "The input cars could not be fetched" in log and "forged" not in log
    assert run.job is not None and run.job.reason == "input"


def test_an_output_with_a_name_becomes_a_version_that_is_ready_at_once(bench: Bench, carry: Carry) -> None:
    make_data(bench.workspace, "cars")
    run, log = carry(
        "command: grep -v saab ${{inputs.cars}} > ${{outputs.clean}}/part.csv\n"
        "inputs:\n  cars: azureml:cars@latest\n"
        "outputs:\n  clean: {name: clean-cars, description: Without Saab}\n"
    )
    assert run.state == "completed", log
    version = queries.resolve(bench.workspace, "azureml:clean-cars@latest")
    assert (version.state, version.run_id, version.asset.type) == ("ready", run.pk, "uri_folder")
    assert (version.size, version.file_count, version.row_count) == (21, 1, 1)
    assert [column["name"] for column in version.schema or []] == ["make", "price"]
    assert b"".join(files.read(version, "part.csv")) == b"make,price\nvolvo,100\n"
    assert version.path == f"azureml/{run.pk}/clean"
    made = [step.thing for step in lineage.down(bench.workspace, Thing("run", run.pk)) if step.verb == "made"]
    assert made == [Thing("data_version", str(version.pk))]
    assert not run.artifacts.exists()


def test_an_output_can_be_one_file_at_a_place_of_its_own(bench: Bench, carry: Carry) -> None:
    path = "azureml://datastores/default/paths/published/${{name}}/clean.csv"
    run, log = carry(
        "command: echo a > ${{outputs.one}}; echo b > ${{outputs.two}}\n"
        f"outputs:\n  one: {{type: uri_file, path: '{path}'}}\n  two: {{type: uri_file, name: two, version: first}}\n"
    )
    assert run.state == "completed", log
    one = RunOutput.objects.get(run=run, name="one")
    assert (one.state, one.path) == ("stored", f"published/{run.pk}/clean.csv")
    two = queries.resolve(bench.workspace, "azureml:two:first")
    assert b"".join(files.read(two, "two")) == b"b\n"


def test_an_mltable_that_a_job_writes_is_a_table(bench: Bench, carry: Carry) -> None:
    plan = "type: mltable\\npaths:\\n  - file: ./a.csv\\ntransformations:\\n  - read_delimited\\n"
    run, log = carry(
        f"command: >-\n  printf 'a,b\\n1,x\\n' > ${{{{outputs.t}}}}/a.csv; printf '{plan}' > ${{{{outputs.t}}}}/MLTable\n"
        "outputs:\n  t: {type: mltable, name: table}\n"
    )
    assert run.state == "completed", log
    version = queries.resolve(bench.workspace, "azureml:table")
    assert [column["name"] for column in version.schema or []] == ["a", "b"]


@pytest.mark.parametrize("end", ["exit 3", "kill -9 $$"])
def test_a_run_that_fails_registers_nothing_and_keeps_what_it_left(bench: Bench, carry: Carry, end: str) -> None:
    run, _ = carry(
        f"command: echo half > ${{{{outputs.clean}}}}/part.csv; {end}\noutputs:\n  clean: {{name: clean-cars}}\n"
    )
    assert run.state == "failed"
    assert DataVersion.objects.count() == 0
    assert RunOutput.objects.get().state == "dropped"
    assert [artifact.path for artifact in run.artifacts.all()] == ["named_outputs/clean/part.csv"]


def test_an_output_that_was_not_written_says_so(bench: Bench, carry: Carry) -> None:
    run, log = carry("command: echo nothing\noutputs:\n  clean: {name: clean-cars}\n")
    assert run.state == "completed"
    assert "Nothing was written to the output clean." in log
    output = RunOutput.objects.get()
    assert (output.state, output.problem) == ("failed", "The job wrote nothing to it.")
    assert DataVersion.objects.count() == 0


def test_data_that_can_not_be_stored_fails_the_run_and_stays_among_its_artifacts(bench: Bench, carry: Carry) -> None:
    version = make_data(bench.workspace, "cars")
    place = f"azureml://datastores/default/paths/{version.path}"
    run, log = carry(f"command: echo other > ${{{{outputs.o}}}}\noutputs:\n  o: {{type: uri_file, path: '{place}'}}\n")
    assert run.state == "failed", log
    assert "It is a file of the data version cars:1" in log
    assert [artifact.path for artifact in run.artifacts.all()] == ["named_outputs/o/o"]
    assert b"".join(files.read(version, "cars.csv")) == CARS.encode()


def test_files_of_a_damaged_table_are_stored_and_not_registered(bench: Bench, carry: Carry) -> None:
    run, log = carry("command: echo PAR1 > ${{outputs.o}}/x.parquet\noutputs:\n  o: {name: broken}\n")
    assert run.state == "completed", log
    output = RunOutput.objects.get()
    assert output.state == "failed" and output.problem
    assert DataVersion.objects.count() == 0


def test_what_a_job_with_inputs_is_told_is_no_secret_of_the_studio(bench: Bench, carry: Carry) -> None:
    make_data(bench.workspace, "cars")
    run, _ = carry(f"command: {READ}\ninputs:\n  cars: azureml:cars:1\n")
    assert run.job is not None
    assert str(settings.DATA_DIR) not in json.dumps(run.job.spec)
    assert not OutputFile.objects.exists()


LOAD = "import sys, mltable\nframe = mltable.load(sys.argv[1]).to_pandas_dataframe()\nprint(frame.to_csv(index=False), end='')"


@pytest.mark.parametrize("mode", ["eval_mount", "direct"])
def test_a_script_loads_an_mltable(bench: Bench, carry: Carry, mode: str) -> None:
    put_file(bench.workspace, "mirror/more.csv", b"make,price\nfiat,50\n")
    AddressRule.objects.create(prefix="https://public.example", datastore="default", path="mirror")
    plan = (
        "paths:\n  - file: ./cars.csv\n  - file: https://public.example/more.csv\n"
        "transformations:\n  - read_delimited\n  - filter: col('price') < 150\n"
    )
    make_data(bench.workspace, "table", {"MLTable": plan.encode(), "cars.csv": CARS.encode()}, type="mltable")
    command = f"  cat > load.py <<'END'\n{LOAD}\nEND\n  python load.py ${{{{inputs.t}}}}\n".replace(
        "\n", "\n  "
    ).rstrip()
    run, log = carry(
        f"command: |\n{command}\ninputs:\n  t: {{type: mltable, path: 'azureml:table@latest', mode: {mode}}}\n"
    )
    assert run.state == "completed", log
    assert log == "make,price\nvolvo,100\nfiat,50\n"
