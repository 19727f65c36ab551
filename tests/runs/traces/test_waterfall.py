from runs.traces.waterfall import Node, drawn, took

SECOND = 1_000_000_000


def node(span_id: str, parent_id: str = "", start: float = 0, end: float | None = 1, status: str = "OK") -> Node:
    finish = None if end is None else int(end * SECOND)
    return Node(span_id, parent_id, span_id, "LLM", status, int(start * SECOND), finish)


def test_parents_stand_before_their_children() -> None:
    shown = drawn([node("root", end=4), node("b", "root", 1, 2), node("c", "root", 2, 3), node("b1", "b", 1, 1.5)])
    assert [(row.span_id, row.depth, row.place, row.siblings) for row in shown.rows] == [
        ("root", 1, 1, 1),
        ("b", 2, 1, 2),
        ("b1", 3, 1, 1),
        ("c", 2, 2, 2),
    ]
    assert (shown.rows[1].x, shown.rows[1].width) == ("25.000%", "25.000%")


def test_a_span_whose_parent_is_missing_stands_at_the_top() -> None:
    assert [row.depth for row in drawn([node("a", "gone"), node("b", "a")]).rows] == [1, 2]


def test_spans_that_are_each_other_s_parents_are_drawn_once() -> None:
    shown = drawn([node("a", "b"), node("b", "a"), node("c", "c")])
    assert sorted(row.span_id for row in shown.rows) == ["a", "b", "c"]


def test_what_has_not_ended_reaches_to_the_end() -> None:
    shown = drawn([node("root", end=4), node("open", "root", 1, None)])
    assert (shown.rows[1].is_open, shown.rows[1].width, shown.rows[1].duration) == (True, "75.000%", "running")


def test_no_more_rows_than_asked_for() -> None:
    shown = drawn([node(str(number)) for number in range(10)], limit=3)
    assert (len(shown.rows), shown.hidden) == (3, 7)


def test_a_deep_tree_needs_no_deep_stack() -> None:
    nodes = [node("0")] + [node(str(number), str(number - 1)) for number in range(1, 3000)]
    assert drawn(nodes).rows[-1].depth == 3000


def test_durations_read_well() -> None:
    told = [took(value) for value in (0, 12_000, 2_500_000, 1_240_000_000, 123 * SECOND, 3720 * SECOND)]
    assert told == ["0", "12 µs", "2.5 ms", "1.24 s", "2 min 3 s", "1 h 2 min"]
