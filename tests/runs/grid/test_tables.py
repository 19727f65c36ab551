"""Windows and their rows, as the table of the page asks for them."""

import math

import pytest

from runs.grid import shelf, values, window
from tests.factories import make_experiment, make_run
from tests.runs.grid.conftest import BASE

pytestmark = pytest.mark.django_db


def names(rows):
    return [row["name"] if row["kind"] == "run" else row["path"] for row in rows]


def read(ask, query, columns=(), **more):
    return ask("grid/rows", {"query": query, "columns": list(columns), **more})


def test_the_newest_run_comes_first_and_a_block_holds_only_the_columns_asked_for(ask, make):
    make("a", lr="0.1", loss=0.5)
    make("b", lr="0.2", loss=0.4)
    answer = read(ask, {}, ["metric:loss.min", "param:lr", "tag:none"])
    assert names(answer["results"]) == ["b", "a"]
    assert answer["results"][0]["cells"] == [pytest.approx(0.3), "0.2", None]
    assert (answer["runs"], answer["rows"]) == (2, 2)


def test_an_experiment_shows_its_sub_paths_too(ask, make, workspace):
    make("inside", experiment=make_experiment(workspace, "vision/digits/deep"))
    make("beside", experiment=make_experiment(workspace, "vision/digits2"))
    assert names(read(ask, {"experiment": "vision/digits"})["results"]) == ["inside"]


def test_the_search_language_filters(ask, make):
    make("good", loss=0.2)
    make("bad", loss=0.9)
    assert names(read(ask, {"filter": "metrics.loss < 0.5"})["results"]) == ["good"]


def test_a_filter_that_cannot_be_read_says_where(ask):
    problem = ask("grid/window", {"query": {"filter": "metrics.loss <"}}, status=400)
    assert problem["code"] == "bad_search"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["-metric:loss.last"], ["c", "a", "nan", "none"]),
        (["metric:loss.last"], ["a", "c", "nan", "none"]),
        (["param:lr", "-attribute:name"], ["a", "c", "none", "nan"]),
    ],
)
def test_numbers_sort_by_size_then_what_is_no_number_then_runs_without_a_value(ask, make, order, expected):
    make("none")
    make("a", loss=0.1, lr="0.01")
    make("nan", loss=math.nan, lr="none")
    make("c", loss=0.9, lr="1e2")
    found = names(read(ask, {"order": order})["results"])
    assert found == expected if order[0] != "param:lr" else found[:2] == ["a", "c"] and found[-1] == "none"


def test_a_metric_that_was_no_number_is_literally_so(ask, make):
    make("nan", loss=math.nan)
    assert read(ask, {}, ["metric:loss.last"])["results"][0]["cells"] == ["NaN"]


def test_best_follows_the_goal(ask, make):
    make("a", loss=0.5, acc=0.9)
    cells = read(ask, {}, ["metric:loss.best", "metric:acc.best"])["results"][0]["cells"]
    assert cells == [pytest.approx(0.4), pytest.approx(0.9)]


def test_a_window_stays_as_it_was_while_new_runs_are_counted(ask, make):
    first = make("first")
    window = ask("grid/window", {"query": {}})["window"]
    make("second")
    assert names(read(ask, {}, window=window)["results"]) == ["first"]
    assert read(ask, {}, window=window, ids=[first.pk])["fresh"] == 1


def test_a_forgotten_window_is_made_again(ask, make):
    make("first")
    window = ask("grid/window", {"query": {}})["window"]
    shelf.memory.clear()
    make("second")
    answer = read(ask, {}, window=window)
    assert answer["window"] != window
    assert names(answer["results"]) == ["second", "first"]


def test_the_window_of_another_person_is_not_ones_own(ask, api, ada, make):
    make("first")
    window = ask("grid/window", {"query": {}})["window"]
    make("second")
    other = api(ada, base=BASE).post("grid/rows", {"query": {}, "window": window}).json()
    assert other["window"] != window
    assert other["rows"] == 2


def test_a_run_of_another_workspace_is_never_shown_by_its_id(ask, people):
    foreign = make_run(people.elsewhere)
    assert read(ask, {}, ids=[foreign.pk, "nonsense"])["results"] == []


def test_groups_carry_count_mean_and_deviation(ask, make):
    for lr, loss in (("0.1", 1.0), ("0.1", 3.0), ("0.2", 5.0), (None, 7.0)):
        make("x", loss=loss, **({"lr": lr} if lr else {}))
    rows = read(ask, {"group": ["param:lr"]}, ["metric:loss.last", "param:lr"])["results"]
    assert [(row["path"], row["children"]) for row in rows] == [
        ([None], 1), (["0.2"], 1), (["0.1"], 2),
    ]  # fmt: skip
    assert rows[2]["cells"] == [{"mean": 2.0, "std": pytest.approx(math.sqrt(2)), "n": 2}, "0.1"]
    assert rows[1]["cells"][0] == {"mean": 5.0, "std": None, "n": 1}


def test_groups_are_nested_and_open_one_by_one(ask, make):
    make("a", lr="0.1", tags={"team": "nlp"})
    make("b", lr="0.1", tags={"team": "vision"})
    make("c", lr="0.2")
    query = {"group": ["param:lr", "tag:team"], "open": ['["0.1"]', '["0.1","nlp"]']}
    rows = read(ask, query)["results"]
    assert names(rows) == [["0.2"], ["0.1"], ["0.1", "vision"], ["0.1", "nlp"], "a"]
    assert [row.get("depth", 0) for row in rows] == [0, 0, 1, 1, 2]


def test_folding_keeps_the_runs_of_the_window(ask, make):
    make("a", lr="0.1")
    query = {"group": ["param:lr"]}
    base = ask("grid/window", {"query": query})["window"]
    make("b", lr="0.1")
    again = ask("grid/window", {"query": {**query, "open": ['["0.1"]']}, "base": base})
    assert (again["runs"], again["rows"]) == (1, 2)
    flat = ask("grid/window", {"query": query})
    assert flat["runs"] == 2


def test_a_tree_nests_to_any_depth_and_opens_lazily(ask, make):
    top = make("top")
    child = make("child", parent=top)
    make("leaf", parent=child)
    folded = read(ask, {"tree": True})["results"]
    assert [(row["name"], row["children"], row["open"]) for row in folded] == [("top", 1, False)]
    opened = read(ask, {"tree": True, "open": [top.pk, child.pk]})["results"]
    assert [(row["name"], row.get("depth", 0)) for row in opened] == [("top", 0), ("child", 1), ("leaf", 2)]


def test_a_child_that_matches_shows_its_ancestors(ask, make):
    top = make("top", loss=0.9)
    child = make("child", parent=top, loss=0.9)
    make("leaf", parent=child, loss=0.1)
    make("other", loss=0.9)
    query = {"tree": True, "filter": "metrics.loss < 0.5"}
    answer = read(ask, query)
    assert [(row["name"], row.get("context", False)) for row in answer["results"]] == [
        ("top", True), ("child", True), ("leaf", False),
    ]  # fmt: skip
    assert answer["runs"] == 1
    assert names(read(ask, {**query, "closed": [top.pk]})["results"]) == ["top"]


def test_columns_in_which_no_run_differs_are_named(ask, make):
    make("a", lr="0.1", seed="1", loss=1.0)
    make("b", lr="0.2", seed="1", loss=1.0)
    columns = ["param:lr", "param:seed", "metric:loss.last", "attribute:name", "param:none"]
    answer = ask("grid/look", {"query": {}, "columns": columns})
    assert answer["alike"] == ["param:seed", "metric:loss.last", "param:none"]
    assert answer["ranges"]["param:lr"] == [0.1, 0.2]


def test_the_catalogue_finds_names_by_words_page_by_page(api, ben, make):
    make("a", params={f"p{number:03}": "1" for number in range(300)}, loss=1.0)
    client = api(ben, base=BASE)
    page = client.get("grid/keys", {"kind": "param", "limit": 100, "start": 250}).json()
    assert (len(page["results"]), page["total"]) == (50, 300)
    found = client.get("grid/keys", {"q": "LOSS"}).json()["results"]
    assert found == [{"column": "metric:loss.last", "kind": "metric", "key": "loss", "count": 1, "goal": "min"}]


def test_a_metric_of_other_runs_only_is_found_by_its_name(api, ben, make, workspace):
    make("a", rare=1.0)
    make_experiment(workspace, "empty")
    found = api(ben, base=BASE).get("grid/keys", {"experiment": "empty", "q": "rare"}).json()["results"]
    assert [key["column"] for key in found] == ["metric:rare.last"]


@pytest.mark.parametrize(
    "query",
    [
        {"order": ["metric:"]},
        {"group": "lr"},
        {"nope": 1},
        {"tree": "yes"},
        {"open": [1]},
        {"filter": 7},
        {"group": ["x:y"]},
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_a_sentence(ask, query):
    assert ask("grid/window", {"query": query}, status=400)["detail"]


def test_a_block_costs_as_many_queries_however_many_rows(ask, make, django_assert_max_num_queries):
    for number in range(12):
        make(f"r{number}", lr="0.1", loss=1.0, tags={"team": "x"})
    window = ask("grid/window", {"query": {}})["window"]
    columns = ["metric:loss.last", "metric:loss.min", "param:lr", "tag:team", "attribute:user"]
    # Two for the caller, four for the rows.
    with django_assert_max_num_queries(7):
        read(ask, {}, columns, window=window, end=3)
    with django_assert_max_num_queries(7):
        read(ask, {}, columns, window=window, end=100)


def test_a_window_is_one_however_many_blocks_ask_for_a_forgotten_one(ask, make):
    make("a")
    first = read(ask, {})["window"]
    shelf.memory.clear()
    again = read(ask, {}, window=first)["window"]
    assert again != first
    assert read(ask, {}, window=first)["window"] == again


def test_a_long_value_of_many_runs_is_read_whole(ask, make, monkeypatch):
    monkeypatch.setattr(values, "FEW", 1)
    for number in range(3):
        make(f"r{number}", note="x" * 80 + str(number % 2))
    groups = read(ask, {"group": ["param:note"]})["results"]
    assert [(group["path"][0][-2:], group["children"]) for group in groups] == [("x0", 2), ("x1", 1)]


def test_ids_packed_together_are_read_like_a_list():
    ids = [f"{number:012d}" for number in range(7)]
    packed = window.Ids("".join(ids))
    assert (list(packed), len(packed), packed[2], packed[-1]) == (ids, 7, ids[2], ids[-1])
    assert list(packed[2:5]) == ids[2:5]
    assert list(packed[5:100]) == ids[5:]
    assert list(packed[::3]) == ids[::3]
