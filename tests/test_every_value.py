"""Every key of the config with odd values of every kind: used, or refused in one line with nothing left behind."""

import itertools
import json
import random
from pathlib import Path

import pytest

import forked_runs
from rnnlab.training import fit

VALUES = [
    "x",
    "''",
    "null",
    "true",
    "nan",
    "inf",
    "-1",
    "0",
    "1",
    "0.5",
    "1e30",
    "100000000000000000000",
    "[1]",
    "{a:1}",
]
VALUES += ["[]", "${seed}", "../../x", "'" + "long" * 100 + "'"]
TASKS = ["digitsum", "binaryaddition", "chartext", "countdown", "parity"]
MODELS = ["lstm", "rnn", "gru", "lstm_stepwise", "rnn_stepwise", "gru_stepwise"]
TEXT = ["task.corpus=sentences"]
DRAWN = 100
"""Cases of the default suite."""


def keys(node: dict, prefix: str = "") -> list[str]:
    """Every dotted key, of nodes too."""
    found = []
    for name, value in node.items():
        found += [prefix + name, *(keys(value, f"{prefix}{name}.") if isinstance(value, dict) else [])]
    return found


def cases(config) -> list[list[str]]:
    """Command lines: every key of every task with every value, the models taking turns."""
    found = []
    for place, task in enumerate(TASKS):
        models = itertools.cycle(MODELS[place:] + MODELS[:place])
        for model in MODELS[:3]:
            chosen = [f"task={task}", f"model={model}"]
            for key in keys(config(*chosen)):
                if model == MODELS[0] or key.startswith("model."):
                    for value in VALUES:
                        mine = f"model={next(models)}" if not key.startswith("model.") else chosen[1]
                        group = key in ("task", "model", "optimizer", "schedule", "trainer", "callbacks", "logger")
                        typed = [chosen[0], mine, f"{key}={value}"]
                        typed = [one for one in typed if not (group and one.startswith(f"{key}=") and one != typed[2])]
                        found.append(typed + (TEXT if task == "chartext" and key not in ("task", *NOT_TEXT) else []))
    return found


NOT_TEXT = ("task.corpus", "task.path")


def shortened() -> None:
    """Two steps are enough to see that a value is used."""
    original = fit.Trainer

    def short(**settings):
        few = {"max_steps": 2, "max_epochs": -1, "val_check_interval": None, "check_val_every_n_epoch": 1}
        few |= {"limit_train_batches": 1, "limit_val_batches": 1}
        return original(**(settings | few))

    fit.Trainer = short


def wrong(arguments: list[str]) -> str:
    """What is wrong with how a command line ends; nothing where it is as promised."""
    above = Path.cwd().parents[1]  # which `../../x` is in
    before = set(above.rglob("*"))
    ended = forked_runs.run(arguments, shortened)
    left = set(above.rglob("*")) - before - {Path.cwd() / "stderr"}
    if ended.signal or ended.code not in (0, 2):
        return f"exit code {ended.code}, signal {ended.signal}: {ended.err[-300:]}"
    if ended.code == 2 and (not ended.err.startswith("rnnlab: error: ") or ended.err.count("\n") != 1):
        return f"not one line: {ended.err[-300:]}"
    if ended.code == 2 and left:
        return f"left {sorted(map(str, left))[:3]}"
    records = [json.loads(path.read_text()) for path in left if path.name == "run.json"]
    if ended.code == 0 and [record["status"] for record in records] != ["done"]:
        return f"no run: {ended.err[-300:]}"
    return ""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "two" / "down").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "two" / "down")


def check(chosen: list[list[str]]) -> None:
    found = {" ".join(arguments): said for arguments in chosen if (said := wrong(arguments))}
    assert not found, "\n".join(f"{arguments}: {said}" for arguments, said in found.items())


@pytest.mark.parametrize("part", range(4))
def test_a_hundred_odd_values_are_used_or_refused(part, config):
    check(random.Random(1).sample(cases(config), DRAWN)[part::4])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(16))
def test_every_odd_value_of_every_key_is_used_or_refused(part, config):
    check(cases(config)[part::16])
