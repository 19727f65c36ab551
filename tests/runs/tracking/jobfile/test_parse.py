"""The parser of job files: what is right means what Azure means, what is wrong is told with its place."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.tracking.jobfile import parse
from runs.tracking.jobfile.command import InputSpec, OutputSpec
from runs.tracking.jobfile.problems import JobFileError

WHOLE = """\
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
type: command
name: mine
display_name: First light
experiment_name: vision/digits
description: |
  Two lines,
  kept.
tags: {team: blue}
properties: {k: v}
code: ./src
command: >-
  python train.py --lr ${{inputs.lr}} --data ${{inputs.data}}
  --out ${{outputs.model}} $[[--note ${{inputs.note}}]]
inputs:
  lr: 0.1
  deep: true
  n: 3
  note:
  data: {type: uri_folder, path: ./data, mode: RO_Mount}
outputs:
  model: {type: uri_folder, mode: Upload}
  world_output:
environment: azureml:AzureML-sklearn-1.5@latest
compute: azureml:cpu-cluster
environment_variables: {A: 1, B: text}
limits: {timeout: 60}
resources: {instance_count: 1, instance_type: STANDARD_D2, shm_size: 2g}
queue_settings: {job_tier: Standard, priority: HIGH}
identity: {type: managed}
services:
  shell: {type: ssh}
distribution: {type: pytorch, process_count_per_instance: 1}
"""


def problems(text: str, **overrides: Any) -> list[str]:
    with pytest.raises(JobFileError) as caught:
        parse.parse_text(text, "job.yml", overrides)
    assert caught.value.code == "invalid_job_file"
    return list(caught.value.fields.values())


def test_every_field_is_read() -> None:
    job = parse.parse_text(WHOLE)
    assert (job.name, job.display_name, job.experiment_name) == ("mine", "First light", "vision/digits")
    assert job.description == "Two lines,\nkept.\n"
    assert job.code == "./src"
    assert job.inputs["lr"] == InputSpec("number", value=0.1)
    assert job.inputs["deep"] == InputSpec("boolean", value=True)
    assert job.inputs["data"] == InputSpec("uri_folder", path="./data", mode="ro_mount")
    assert job.inputs["note"].value is None
    assert job.outputs == {"model": OutputSpec("uri_folder", "upload"), "world_output": OutputSpec()}
    assert (job.compute, job.is_azure) == ("cpu-cluster", True)
    assert job.environment_variables == {"A": "1", "B": "text"}
    assert (job.timeout_seconds, job.priority) == (60, "high")
    assert len(job.notes) == 3
    assert job.literals == {"lr": 0.1, "deep": True, "n": 3}


def test_a_job_survives_its_own_json() -> None:
    job = parse.parse_text(WHOLE)
    again = parse.parse_object(job.to_json())
    assert again.to_json() == job.to_json()
    assert again.inputs == job.inputs


def test_trap_1_an_input_may_be_named_type_and_a_bare_address_is_data() -> None:
    job = parse.parse_text("command: python x.py\ninputs: {type: uri_file, iris_csv: https://host/iris.csv}\n")
    assert job.inputs["type"] == InputSpec("string", value="uri_file")
    assert job.inputs["iris_csv"] == InputSpec("uri_file", path="https://host/iris.csv")


def test_trap_3_a_file_without_a_type_is_a_command() -> None:
    assert parse.parse_text("command: echo hi").command == "echo hi"


@pytest.mark.parametrize("spelling", ["RO_MOUNT", "ro-mount", "RoMount", "ro mount"])
def test_trap_8_enums_are_matched_whatever_their_style(spelling: str) -> None:
    text = f"command: x ${{{{inputs.d}}}}\ninputs: {{d: {{type: URI_Folder, path: ., mode: {spelling}}}}}"
    assert parse.parse_text(text).inputs["d"] == InputSpec("uri_folder", path=".", mode="ro_mount")


@pytest.mark.parametrize(("duration", "seconds"), [("60", 60), ("30s", 30), ("15m", 900), ("2h", 7200), ("7d", 604800)])
def test_a_time_limit_is_seconds_or_a_duration(duration: str, seconds: int) -> None:
    assert parse.parse_text(f"command: x\nlimits: {{timeout: {duration}}}").timeout_seconds == seconds


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("comand: python x.py", "job.yml:1:1: unknown field 'comand'. Did you mean 'command'?"),
        ("command: x\nlimits:\n  timout: 5", "job.yml:3:3: unknown field 'timout' in limits. Did you mean 'timeout'?"),
        ("command: x\nlimits: {timeout: soon}", "job.yml:2:19: limits.timeout must be seconds or a duration"),
        ("command: x\nlimits: {timeout: -1}", "job.yml:2:19: limits.timeout must be seconds or a duration"),
        ("command: x\nresources: {instance_count: two}", "job.yml:2:29: resources.instance_count must be a whole"),
        ("command: x\nresources: {instance_count: true}", "job.yml:2:29: resources.instance_count must be a whole"),
        ("command: x\nresources: {instance_count: 4}", "job.yml:2:29: this asks for 4 machines"),
        ("command: x\ndistribution: {type: mpi, process_count_per_instance: 8}", "job.yml:2:55: this asks for 8 proc"),
        ("command: [a, b]", "job.yml:1:10: command must be a single value, this is a list."),
        ("code: .", "job.yml:1:1: command is missing"),
        ("command: x\ninputs: 3", "job.yml:2:9: inputs must be a mapping of names and values"),
        ("command: x\ninputs: {a b: 1}", "job.yml:2:10: 'a b' can't name an input"),
        ("command: x\ninputs:\n  d:\n    type: uri_fil\n    path: x", "job.yml:4:11: inputs.d.type can't be 'uri_fil'"),
        ("command: x\ninputs: {d: {type: uri_file}}", "job.yml:2:13: inputs.d is data without a path"),
        ("command: x\ninputs: {d: {type: integer, value: 1.5}}", "job.yml:2:36: inputs.d must be an integer"),
        (
            "command: x\ninputs: {d: {type: uri_file, path: 'azureml:iris:1:2'}}",
            "job.yml:2:36: 'azureml:iris:1:2' names",
        ),
        ("command: x\ninputs: {d: {type: uri_file, path: 'ftp://b/k'}}", "job.yml:2:36: ftp: addresses can't be read"),
        ("command: x\ncode: git+https://host/r.git", "job.yml:2:7: git+https: addresses can't be read"),
        ("command: x\nqueue_settings: {priority: hight}", "Did you mean 'high'?"),
        ("command: x\nenvironment: {imge: python}", "unknown field 'imge' in environment. Did you mean 'image'?"),
        ("command: x\nenvironment_variables: {ATELIER_TOKEN: x}", "ATELIER_TOKEN is set by the studio"),
        ("command: x\nenvironment_variables: {'a b': x}", "can't name an environment variable"),
        ("command: x\nexperiment_name: <EXPERIMENT_NAME>", "<EXPERIMENT_NAME> is a placeholder"),
        (
            "type: sweep\ntrial: {}",
            "job.yml:1:7: this is a sweep job; this version of the studio runs command jobs only",
        ),
        ("jobs: {a: {command: x}}", "this is a pipeline job"),
        ("trial: {command: x}", "this is a sweep job"),
        ("type: comand", "there is no job type 'comand'; this version runs command jobs. Did you mean 'command'?"),
        ("command: x ${{inputs.lr}}", "job.yml:1:12: ${{inputs.lr}} is not declared under inputs."),
        ("command: x ${{input.lr}}\ninputs: {lr: 1}", "Did you mean 'inputs'?"),
        ("command: x ${{inputs.ls}}\ninputs: {lr: 1}", "Did you mean 'lr'?"),
        ("command: x ${{search_space.lr}}", "can't be used in a command job"),
        ("command: x ${{outputs.m}}", "${{outputs.m}} is not declared under outputs."),
        ("command: x ${{inputs.a}}\ninputs: {a: }", "${{inputs.a}} has no value"),
        ("command: |\n  python a\n  python ${{inputs.b}}\n", "job.yml:3:10: ${{inputs.b}} is not declared"),
        ("command: x\ncommand: y", "job.yml:2:1: 'command' stands here a second time."),
        ("command: !!python/object/apply:os.system [ls]", "the tag '!!python/object/apply:os.system' is not allowed"),
        ("- a\n- b", "this is not a job file"),
        ("just a sentence", "this is not a job file"),
        ("", "this is not a job file"),
        ("command: [a", "this is not YAML"),
        ("\tcommand: x", "this is not YAML"),
        ("command: x\n\x00", "this is not YAML"),
        ("{{TEMPLATE}}: x", "a template has to be filled in"),
        ('command: "a\\0b"', "holds a NUL"),
        ("a: 1\n---\nb: 2", "this is not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_column(text: str, wanted: str) -> None:
    assert any(wanted in found for found in problems(text)), problems(text)


def test_all_mistakes_are_told_at_once() -> None:
    found = problems("comand: x\ncode: .\nlimits: {timeout: soon}\nresourcs: {}\n")
    assert len(found) == 4


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "a: " + "{b: " * 2000,
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "\n".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]" for a, b in zip("abcdef", "bcdefg", strict=True)),
        "x" * 2_000_000,
        "command: x\ninputs:\n" + "".join(f"  a{n}: 1\n" for n in range(30_000)),
        "&a a: *a",
        "n: " + "9" * 20_000,
        "d: 9999-99-99",
    ],
    ids=["deep", "deep-maps", "A41-aliases", "huge", "many", "self", "digits", "date"],
)
def test_A41_A88_a_file_made_to_exhaust_is_refused_quickly(text: str) -> None:
    import time

    began = time.perf_counter()
    problems(text)
    assert time.perf_counter() - began < 5


@given(st.text(max_size=200))
def test_any_text_is_a_job_or_a_refusal(text: str) -> None:
    try:
        parse.parse_text(text)
    except JobFileError as error:
        assert error.message


def test_values_can_be_set_over_the_files() -> None:
    text = "command: x ${{inputs.lr}}\ninputs: {lr: 0.1}\n"
    job = parse.parse_text(text, overrides={"inputs.lr": "0.5", "tags.team": "1", "limits.timeout": "5m"})
    assert job.inputs["lr"].value == 0.5
    assert job.tags == {"team": "1"}
    assert job.timeout_seconds == 300
    assert parse.parse_text(text, overrides={"display_name": "yes"}).display_name == "yes"
    assert parse.parse_text(text, overrides={"inputs.lr": "a: b: c"}).inputs["lr"].value == "a: b: c"
    assert parse.parse_text(text, overrides={"inputs.lr": 0.25}).inputs["lr"].value == 0.25


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("comand", "--set comand: unknown field 'comand'. Did you mean 'command'?"),
        ("command.x", "command is a value"),
        ("", "give a path such as inputs.lr"),
        ("a..b", "give a path such as inputs.lr"),
        ("limits.timeout", "--set limits.timeout: limits.timeout must be seconds"),
    ],
)
def test_a_wrong_override_is_told_by_its_name(path: str, wanted: str) -> None:
    assert any(wanted in found for found in problems("command: x", **{path: "soon"}))
