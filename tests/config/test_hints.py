"""What people type for something else is answered with what they meant."""

import pytest

from rnnlab.__main__ import COMMANDS
from rnnlab.config.hints import MEANT, WORDS, nearest_choice, nearest_flag, nearest_key, nearest_name
from rnnlab.train import main

WRONG = {
    "epochs=10": "trainer.max_epochs",
    "trainer.epochs=10": "trainer.max_epochs",
    "--epochs 10": "trainer.max_epochs=...",
    "steps=100": "trainer.max_steps",
    "layers=2": "model.num_layers",
    "num_layers=2": "model.num_layers",
    "units=64": "model.hidden_size",
    "hidden_size=64": "model.hidden_size",
    "model.units=64": "model.hidden_size",
    "--hidden-size=64": "model.hidden_size=...",
    "learning_rate=0.1": "optimizer.lr",
    "optimizer.learning_rate=0.1": "optimizer.lr",
    "lr=0.1": "optimizer.lr",
    "lr=0.1,0.2": "optimizer.lr",
    "--lr 0.1": "optimizer.lr=...",
    "wd=0.1": "optimizer.weight_decay",
    "momentum=0.9": "optimizer=sgd optimizer.momentum=0.9",
    "optimizer=Adam": "'adam'",
    "optim=adam": "'optimizer'",
    "scheduler=cosine": "'schedule'",
    "dropout=0.1": "model.dropout",
    "batch_size=32": "data.batch_size",
    "length=8": "data.lengths",
    "num_workers=4": "there are no workers",
    "device=gpu": "'trainer=gpu'",
    "device=cpu": "'trainer=cpu'",
    "cuda=true": "'trainer=gpu'",
    "trainer=cuda": "'gpu'",
    "model=LSTM": "'lstm'",
    "model=vanilla": "'rnn'",
    "model=rnn,lstm": "add -m",
    "network=lstm": "'model'",
    "lstm": "'model=lstm'",
    "digitsum": "'task=digitsum'",
    "data=digitsum": "'task=digitsum'",
    "dataset=digitsum": "'task'",
    "task=addition": "'binaryaddition'",
    "task=shakespeare": "'chartext'",
    "text=FILE": "'task=chartext task.path=FILE'",
    "checkpoint=RUN": "'resume=RUN_DIR'",
    "output=runs": "'output_dir'",
    "seeds=1": "'seed'",
    "patience=3": "'callbacks.early.patience'",
}
"""What is typed -> what the one line must suggest."""

RARER = {
    "seed=1..3": "several with -m, like seed=1,2,3",
    "seed=[1,2,3]": "several with -m, like seed=1,2,3",
    "repeat=3": "'-m seed=1,2,3'",
    "n_seeds=5": "'seed'",
    "train_batch_size=32": "'data.batch_size'",
    "num_digits=4": "'data.lengths'",
    "val_split=0.1": "'data.split'",
    "num_samples=1000": "'data.steps_per_epoch'",
    "data.size=1000": "'data.steps_per_epoch'",
    "model.size=64": "'model.hidden_size'",
    "fp16=true": "'trainer.precision'",
    "debug=true": "'trainer=debug'",
    "fast_dev_run=1": "'trainer=debug'",
    "bidirectional=true": "from left to right",
    "activation=relu": "'model=rnn model.nonlinearity=relu'",
    "model=rnn activation=relu": "'model.nonlinearity'",
    "schedule=none": "'constant'",
    "n_jobs=2": "'-m hydra.launcher.jobs=2'",
    "n_trials=20": "'-m search=random search.trials=20'",
    "-m search=bayes": "'optuna'",
    "name=first": "'sweep.name'",
    "noise=0.1": "'practice.activation_noise'",
    "task.corpus=shakespeare": "'task=chartext task.corpus=tinyshakespeare'",
    "task=chartext task.csv=FILE": "'task=digitsum task.csv=FILE'",
    "model.hidden_size = 64": "without blanks around =",
    "vocab_size=30": "the task knows",
}


@pytest.mark.parametrize("typed", [*WRONG, *(pytest.param(typed, marks=pytest.mark.slow) for typed in RARER)])
def test_a_wrong_guess_is_answered_with_what_was_meant(typed, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(typed.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and not list(tmp_path.iterdir())
    assert (WRONG | RARER)[typed] in err.rpartition("): ")[2] or typed.startswith("--"), err
    assert (WRONG | RARER)[typed] in err


def test_words_mean_what_there_is(config):
    from rnnlab.config.flat import flat

    there = {key for task in ("digitsum", "chartext") for key in flat(config(f"task={task}", "optimizer=sgd"))}
    there |= {key.rpartition(".")[0] for key in there} | {"schedule", "task", "model", "optimizer"}
    elsewhere = {
        *COMMANDS,
        "prompt",
        "length",
        "temperature",
        "input",
        "lengths",
        "search.trials",
        "model.nonlinearity",
    }
    assert {meant for meant in WORDS if "=" not in meant} <= there | elsewhere
    assert all(meant in WORDS for known in MEANT.values() for meant in known)


def test_of_several_meanings_the_one_that_is_known_is_said():
    assert nearest_name("text", ["prompt", "seed"]).startswith("did you mean 'prompt'?")
    assert nearest_name("file", ["input", "lengths"]).startswith("did you mean 'input'?")
    assert nearest_name("file", ["seed"]) == "allowed: seed"
    assert (
        nearest_key("text", "x", {"prompt", "seed"}) == "did you mean 'task=chartext task.path=FILE'? (see --cfg job)"
    )


def test_names_are_near_in_any_case():
    assert nearest_choice("model", "GRU", ["gru", "lstm"]) == "did you mean 'gru'? allowed: gru, lstm"
    assert nearest_choice("model", "GUR", ["Gru", "lstm"]) == "did you mean 'Gru'? allowed: Gru, lstm"


def test_an_unknown_flag_is_told_from_a_setting():
    assert nearest_flag("--frobnicate") == "settings are key=value without dashes; the flags are in --help"
    assert nearest_flag("--gpu").startswith("did you mean trainer=gpu?")
