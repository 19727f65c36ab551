"""The command with its bindings put in, and what a runner refuses to unpack."""

import subprocess
from pathlib import Path

import pytest
from atelier.runner import inputs
from atelier.runner.failures import JobFailure
from atelier.runner.inputs import Places
from hypothesis import example, given, settings
from hypothesis import strategies as st

PLACES = Places({"lr": "0.1", "data": "/d/my data", "name": "it's"}, {"model": "/o/model"})


@pytest.mark.parametrize(
    ("command", "resolved"),
    [
        ("train --lr ${{inputs.lr}}", "train --lr 0.1"),
        ("train --lr ${{ inputs.lr }}", "train --lr 0.1"),
        ("train ${{inputs.data}}", "train '/d/my data'"),
        ("train ${{inputs.data.path}}", "train '/d/my data'"),
        ("train --out ${{outputs.model}}", "train --out /o/model"),
        ('train "${{inputs.data}}/x"', 'train "/d/my data/x"'),
        ("train '${{inputs.data}}/x'", "train '/d/my data/x'"),
        ("train $[[--lr ${{inputs.lr}}]]", "train --lr 0.1"),
        ("train $[[--seed ${{inputs.seed}}]] end", "train  end"),
        ("echo $HOME ${x} $$", "echo $HOME ${x} $$"),
    ],
)
def test_bindings_become_words_of_the_shell(command: str, resolved: str) -> None:
    assert inputs.resolve(command, PLACES) == resolved


def test_a_binding_of_nothing_is_said() -> None:
    with pytest.raises(JobFailure) as failure:
        inputs.resolve("train ${{inputs.seed}}", PLACES)
    assert failure.value.reason == "input"
    assert "${{inputs.seed}}" in str(failure.value)


@given(value=st.text(st.sampled_from("$`\"'\\!(){}; \n\tab&|<>*?~#é-"), max_size=20))
@example(value="$(touch /tmp/x) `id` ${HOME} \\ \" ' ! \n;")
@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("form", ["{}", "'{}'", '"{}"'])
def test_the_shell_reads_any_value_as_one_word(form: str, value: str) -> None:
    command = inputs.resolve("printf '%s.%s' " + form.format("${{inputs.x}}") + " end", Places({"x": value}, {}))
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True)
    assert done.stdout.decode() == f"{value}.end"


def test_values_keep_their_meaning(tmp_path: Path) -> None:
    given_inputs = {
        "flag": {"value": True},
        "number": {"value": 0.5},
        "text": "plain",
        "nothing": {"value": None},
        "place": {"type": "uri_folder", "path": "/mnt/x"},
    }
    found = inputs.fetch_inputs(None, given_inputs, tmp_path)  # type: ignore[arg-type]  # nothing is fetched
    assert found == {"flag": "true", "number": "0.5", "text": "plain", "place": "/mnt/x"}


def test_an_address_that_is_no_web_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JobFailure) as failure:
        inputs.fetch_inputs(None, {"x": {"url": "file:///etc/passwd"}}, tmp_path)  # type: ignore[arg-type]
    assert "file:///etc/passwd is no http or https address" in str(failure.value)


def test_outputs_have_places_of_their_own(tmp_path: Path) -> None:
    found = inputs.make_outputs({"model": None, "score": {"type": "uri_file"}}, tmp_path)
    assert Path(found["model"]).is_dir()
    assert Path(found["score"]).parent.is_dir()
    assert not Path(found["score"]).exists()
