"""A model that is asked from Python says what the commands say."""

import json

import numpy as np
import pytest
import torch

import rnnlab
from rnnlab import evaluate, predict, sample
from rnnlab.api.model import Model
from rnnlab.inference.load import Loaded
from rnnlab.layers.cell import Cell
from rnnlab.layers.unroll import Stepwise
from rnnlab.network import Network, OneHot
from rnnlab.tasks.digitsum import DigitSum
from saved_runs import save, save_adder


def test_an_answer_is_that_of_predict(tmp_path, capsys):
    run = save_adder(tmp_path / "run")
    answer = rnnlab.load(run).answer("9+60")
    assert answer.shown == "9 + 60 = 69" and answer.right
    assert predict.main([str(run), "9+60"]) == 0
    assert capsys.readouterr().out == f"{answer}\n"


def test_a_text_is_that_of_sample_and_the_same_seed_writes_the_same(tmp_path, capsys):
    run = save(tmp_path / "run", "task=chartext", "model=gru", vocabulary="\n abc")
    model = rnnlab.load(run)
    text = model.sample("ab c", length=50, temperature=0.8, top_k=4, top_p=0.9, seed=3)
    assert text == model.sample("ab c", length=50, temperature=0.8, top_k=4, top_p=0.9, seed=3)
    assert text != model.sample("ab c", length=50, temperature=0.8, top_k=4, top_p=0.9, seed=4)
    assert text.startswith("ab c") and len(text) == 54
    words = ["prompt=ab c", "length=50", "temperature=0.8", "top_k=4", "top_p=0.9", "seed=3"]
    assert sample.main([str(run), *words]) == 0
    assert capsys.readouterr().out == f"{text}\n"


def test_scores_are_those_of_evaluate(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("rnnlab.api.table.importlib.util.find_spec", lambda name: None)
    run = save_adder(tmp_path / "run")
    (tmp_path / "sums.csv").write_text("12,3\n45,9\n")
    digits = save(tmp_path / "digits", "task=digitsum", "model=lstm")
    assert evaluate.main([str(run), "lengths=[3,9]", "count=20", "json=true"]) == 0
    assert rnnlab.load(run).by_length([9, 3], count=20) == json.loads(capsys.readouterr().out)["lengths"]
    assert evaluate.main([str(digits), f"input={tmp_path}/sums.csv", "json=true"]) == 0
    assert rnnlab.load(digits).score(tmp_path / "sums.csv") == json.loads(capsys.readouterr().out)


def test_scores_of_the_splits_are_those_of_evaluate(tmp_path, capsys):
    run = rnnlab.train("data.lengths=[2]", "data.batch_size=40", "trainer.max_epochs=1", f"output_dir={tmp_path}")
    capsys.readouterr()
    assert evaluate.main([str(run.folder), "json=true"]) == 0
    scores = rnnlab.load(run).score()
    assert scores == json.loads(capsys.readouterr().out)
    assert scores["test"]["loss"] == pytest.approx(run.scores["loss/test"])


@pytest.mark.parametrize("model", ["lstm", "lstm_stepwise"])
def test_the_trace_of_an_lstm_obeys_its_equations_and_ends_in_what_the_network_says(model, tmp_path):
    loaded = rnnlab.load(save(tmp_path / "run", "task=digitsum", f"model={model}", "model.num_layers=2"))
    trace = loaded.trace("1294=")
    assert {name: values.shape for name, values in trace.items()} == {
        name: (2, 5, 8) for name in ("input", "forget", "candidate", "output", "cell", "hidden")
    }
    before = np.concatenate([np.zeros((2, 1, 8), np.float32), trace["cell"][:, :-1]], 1)
    np.testing.assert_allclose(trace["cell"], trace["forget"] * before + trace["input"] * trace["candidate"], atol=1e-6)
    np.testing.assert_allclose(trace["hidden"], trace["output"] * np.tanh(trace["cell"]), atol=1e-6)
    logits, _ = loaded.network(torch.tensor([[1, 2, 9, 4, 10]]))
    torch.testing.assert_close(loaded.network.head(torch.tensor(trace["hidden"][-1])), logits[0])


@pytest.mark.parametrize(("task", "question", "steps"), [("binaryaddition", "9+60", 7), ("countdown", "5", 1)])
@pytest.mark.parametrize(("model", "gates"), [("rnn", ["hidden"]), ("gru", ["reset", "update", "candidate", "hidden"])])
def test_the_trace_of_any_task_covers_the_steps_of_its_question(task, question, steps, model, gates, tmp_path):
    trace = rnnlab.load(save(tmp_path / "run", f"task={task}", f"model={model}")).trace(question)
    assert {name: values.shape for name, values in trace.items()} == {name: (1, steps, 8) for name in gates}


class Leak(Cell):
    """h_t = 0.9 h_{t-1} + a + u."""

    gates = ("drive",)

    def step(self, driven, recurrent, state):
        h = 0.9 * state[0] + driven + recurrent
        return (h,), {"drive": driven + recurrent, "hidden": h}


def loaded(layer):
    return Loaded({}, DigitSum(), Network(OneHot(12), layer, 4, 12), {}, None, [])


def test_the_trace_of_a_cell_of_ones_own_has_the_names_that_it_gives():
    trace = Model(loaded(Stepwise(Leak(), 12, 4))).trace("12")
    np.testing.assert_allclose(trace["hidden"][0, 1], 0.9 * trace["hidden"][0, 0] + trace["drive"][0, 1], atol=1e-6)


def test_a_layer_without_cells_has_no_trace():
    with pytest.raises(rnnlab.InputError, match="no gates"):
        Model(loaded(torch.nn.Linear(12, 4))).trace("12")


@pytest.mark.parametrize(
    ("task", "words", "asked"),
    [
        ("digitsum", ["predict", "x"], lambda model: model.answer("x")),
        ("digitsum", ["sample"], lambda model: model.sample()),
        ("digitsum", ["evaluate", "lengths=[0]"], lambda model: model.by_length([0])),
        ("digitsum", ["evaluate", "lengths=[2]", "count=0"], lambda model: model.by_length([2], count=0)),
        ("digitsum", ["evaluate", "input=none"], lambda model: model.score("none")),
        ("chartext", ["predict", "x"], lambda model: model.answer("x")),
        ("chartext", ["sample", "length=0"], lambda model: model.sample(length=0)),
        ("chartext", ["sample", "temperature=-1"], lambda model: model.sample(temperature=-1)),
        ("chartext", ["sample", "prompt=x"], lambda model: model.sample("x")),
    ],
    ids=lambda value: "" if callable(value) else str(value),
)
def test_what_cannot_be_used_is_refused_with_the_line_of_the_command(task, words, asked, tmp_path, capsys):
    run = save(tmp_path / "run", f"task={task}", "model=rnn", vocabulary="\n ab" if task == "chartext" else None)
    with pytest.raises(rnnlab.InputError) as refused:
        asked(rnnlab.load(run))
    command, *rest = words
    assert {"predict": predict, "sample": sample, "evaluate": evaluate}[command].main([str(run), *rest]) == 2
    assert capsys.readouterr().err == f"rnnlab: error: {refused.value}\n"


def test_a_run_that_is_not_there_is_refused_with_the_line_of_the_command(tmp_path, capsys):
    with pytest.raises(rnnlab.InputError) as refused:
        rnnlab.load(tmp_path / "none")
    assert predict.main([str(tmp_path / "none"), "1"]) == 2
    assert capsys.readouterr().err == f"rnnlab: error: {refused.value}\n"


def test_it_says_in_a_notebook_what_it_is(tmp_path):
    assert repr(rnnlab.load(save_adder(tmp_path / "run"))) == "Model(rnn on binaryaddition, 29 weights)"


def test_what_is_inside_is_said_as_the_study_says_it(tmp_path, monkeypatch):
    monkeypatch.setattr("rnnlab.inspection.probes.MOST", 300)
    monkeypatch.setattr("rnnlab.inspection.study.ROWS", 64)
    model = rnnlab.load(save_adder(tmp_path / "run"))
    assert model.probe(6)["carry"]["linear"]["score"]["value"] == 1.0
    assert set(model.ablate(6)) == {"hidden 1", "hidden 2", "hidden 3"}
    (rest,) = [point for point in model.fixed_points("9+60") if point.fixed]
    assert rest.state.abs().max() < 1e-6  # without ones, and with a carry that is not there


def test_a_length_that_is_none_is_refused(tmp_path):
    with pytest.raises(rnnlab.InputError, match="length=0"):
        rnnlab.load(save_adder(tmp_path / "run")).probe(0)
