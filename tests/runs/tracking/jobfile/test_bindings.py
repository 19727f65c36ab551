"""What a command becomes when its inputs are put in."""

import pytest

from runs.tracking.jobfile import bindings, parse


def resolved(command: str, inputs: str = "{}", outputs: str = "{}") -> str:
    job = parse.parse_text(f"command: '{command}'\ninputs: {inputs}\noutputs: {outputs}\n")
    return bindings.resolve(job.command, job)


def test_literals_are_put_in_and_data_stays_bound() -> None:
    text = resolved(
        "x ${{inputs.lr}} ${{ inputs.n }} ${{inputs.d}} ${{outputs.o}}",
        "{lr: 0.1, n: 3, d: {type: uri_file, path: a.csv}}",
        "{o: }",
    )
    assert text == "x 0.1 3 ${{inputs.d}} ${{outputs.o}}"


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [("{n: 3}", "x --n 3 end"), ("{n: }", "x  end"), ("{}", "x  end")],
)
def test_an_optional_group_vanishes_with_its_input(inputs: str, wanted: str) -> None:
    assert resolved("x $[[--n ${{inputs.n}}]] end", inputs) == wanted


def test_text_that_only_looks_like_a_binding_is_left_alone() -> None:
    assert resolved("echo ${HOME} $(date) ${x} {{y}}") == "echo ${HOME} $(date) ${x} {{y}}"


def test_A77_a_long_command_is_read_in_one_pass() -> None:
    import time

    began = time.perf_counter()
    list(bindings.find("$[[" * 20_000 + "${{" * 20_000))
    assert time.perf_counter() - began < 2
