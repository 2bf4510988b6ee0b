"""What makes a combination, what gets a column, and what it is called."""

import json

import pytest

from example_runs import write
from rnnlab.reports.comparison import compare
from rnnlab.reports.differences import names, short, usual, value, varied
from rnnlab.reports.records import find, read


def test_lengths_that_are_measured_and_loggers_make_no_other_combination(runs):
    for seed in (1, 2):
        path = runs / "digitsum" / "rnn" / f"run-{seed}" / "run.json"
        record = json.loads(path.read_text())
        record["config"]["task"]["eval_lengths"] = [seed]
        record["config"]["logger"] = {f"log{seed}": {"_target_": "x"}}
        path.write_text(json.dumps(record))
    rows = compare(read(find([runs]))[0]).comparisons[0].rows
    assert {row.name: len(row.runs) for row in rows} == {"lstm": 3, "rnn": 3}


@pytest.mark.parametrize("typed", [True, False])
def test_what_the_model_decides_gets_a_column_only_where_it_was_typed(typed, tmp_path):
    runs = [
        write(
            tmp_path / model,
            model,
            config={"model": {"name": model, "hidden_size": size, "_target_": f"torch.nn.{model.upper()}"}},
            overrides=[f"model={model}", *([f"model.hidden_size={size}"] if typed else [])],
        )
        for model, size in (("rnn", 8), ("lstm", 16))
    ]
    differing, columns, following = varied(runs)
    assert set(differing) == {"model.name", "model.hidden_size", "model._target_"}
    assert (columns, following) == (
        (["model.name", "model.hidden_size"], []) if typed else (["model.name"], ["model.hidden_size"])
    )


def test_what_differs_within_a_model_gets_a_column_and_a_typed_group_goes_by_its_class(tmp_path):
    runs = [
        write(
            tmp_path / f"{place}",
            config={"optimizer": {"_target_": f"torch.optim.{name}", "lr": rate}, "data": {"batch_size": size}},
            overrides=[f"optimizer={name.lower()}"],
        )
        for place, (name, rate, size) in enumerate([("Adam", 0.1, 8), ("SGD", 0.2, 8), ("SGD", 0.2, 16)])
    ]
    columns = varied(runs)[1]
    assert columns == ["optimizer._target_", "data.batch_size"]  # the rate follows from the optimizer
    assert [[value(run, key) for key in columns] for run in runs] == [["Adam", "8"], ["SGD", "8"], ["SGD", "16"]]
    assert value(runs[0], "no.such") == "-"


def test_a_column_is_called_as_shortly_as_it_is_clear():
    assert short(["data.batch_size", "model.name", "optimizer._target_"]) == ["batch_size", "model", "optimizer"]
    assert short(["data.seed", "task.seed", "optimizer.lr"]) == ["data.seed", "task.seed", "lr"]


def test_a_combination_is_named_by_its_model_and_what_is_not_usual():
    columns, rows = ["model", "lr"], [["lstm", "0.1"], ["rnn", "0.1"], ["rnn", "0.2"]]
    assert names(columns, rows, "rnn") == ["lstm", "rnn", "rnn lr=0.2"] and usual(columns, rows) == {"lr": "0.1"}
    assert names(["lr"], [["0.1"], ["0.2"]], "rnn") == ["lr=0.1", "lr=0.2"]  # of two neither is usual
    assert names(["lr"], [["0.1"], ["0.2"], ["0.2"]], "rnn") == ["lr=0.1", "rnn", "rnn"]
    assert names(["model"], [["lstm"]], "lstm") == ["lstm"] and usual(["lr"], [["0.1"]]) == {}
