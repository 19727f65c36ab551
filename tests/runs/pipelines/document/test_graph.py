"""What needs what, with control: pure."""

from runs.pipelines.document import graph

STEP = {"type": "command"}


def after(*names: str) -> dict[str, object]:
    return {**STEP, "inputs": {f"i{name}": f"${{{{parent.jobs.{name}.outputs.o}}}}" for name in names}}


def test_a_line_of_two_thousand_nodes_has_no_cycle_until_its_ends_are_joined() -> None:
    jobs = {f"n{number}": after(f"n{number - 1}") if number else STEP for number in reversed(range(2000))}
    assert graph.cycle(jobs) == []
    assert len(graph.cycle({**jobs, "n0": after("n1999")})) == 2001


def test_a_cycle_is_told_in_the_order_of_the_data() -> None:
    jobs = {"a": after("c"), "b": after("a"), "c": after("b"), "d": after("c")}
    found = graph.cycle(jobs)
    assert found[0] == found[-1]
    assert "→".join(found) in ("a→b→c→a", "b→c→a→b", "c→a→b→c")
    assert graph.cycle({"a": after("a")}) == ["a", "a"]


def test_what_reads_the_body_of_a_loop_waits_for_the_loop() -> None:
    jobs = {
        "first": STEP,
        "body": after("first"),
        "each": {"type": "parallel_for", "body": "${{parent.jobs.body}}", "items": "${{parent.jobs.first.outputs.o}}"},
        "last": after("body"),
        "also": after("each"),
    }
    assert graph.needs(jobs) == {"first": [], "each": ["first"], "last": ["each"], "also": ["each"]}


def test_the_nodes_of_a_block_wait_for_their_if_else() -> None:
    jobs = {
        "test": STEP,
        "yes": STEP,
        "no": after("test"),
        "if": {"type": "if_else", "condition": "${{parent.jobs.test.outputs.o}}", "true_block": "${{parent.jobs.yes}}", "false_block": "${{parent.jobs.no}}"},
    }  # fmt: skip
    assert graph.needs(jobs) == {"test": [], "yes": ["if"], "no": ["test", "if"], "if": ["test"]}


def test_a_body_may_feed_itself_in_the_next_round_without_a_cycle() -> None:
    jobs = {"body": after("body"), "loop": {"type": "do_while", "body": "${{parent.jobs.body}}"}}
    assert graph.cycle(jobs) == []
