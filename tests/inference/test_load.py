"""A trained model is loaded without what only training needs."""

import os
import subprocess
import sys

import pytest

from rnnlab.errors import InputError
from rnnlab.inference.load import MOST, kept, load
from rnnlab.runs import checkpoint
from rnnlab.tasks.digitsum import DigitSum
from saved_runs import save

NOT_NEEDED = ("pytorch_lightning", "lightning_fabric", "torchmetrics", "torch._dynamo", "sympy", "tensorboard")


def test_asking_imports_neither_lightning_nor_a_compiler(tmp_path):
    digits = str(save(tmp_path / "digits", "task=digitsum", "model=lstm"))
    text = str(save(tmp_path / "text", "task=chartext", "model=lstm", vocabulary="\n ab"))
    (tmp_path / "sums.csv").write_text("".join(DigitSum().lines([DigitSum().every(2)])))
    asked = [("predict", [digits, "12"]), ("sample", [text, "length=3"])]
    asked += [("evaluate", [digits, "input=sums.csv"]), ("evaluate", [digits, "lengths=[2]", "out=."])]
    code = f"""
import importlib, sys
for command, words in {asked}:
    assert importlib.import_module(f"rnnlab.{{command}}").main(words) == 0
    found = {{name.split('.')[0] for name in sys.modules}} | sys.modules.keys()
    assert not found & set({NOT_NEEDED}), (command, found & set({NOT_NEEDED}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


OWN = """
import numpy
from rnnlab.tasks.task import Text
from rnnlab.tasks.vocab import Vocab

class Own(Text):
    answer = "endless"

    def __init__(self, symbols: str | None = None):
        self.vocab = Vocab(symbols or "never")
        self.num_inputs = self.num_classes = len(self.vocab)
        self.rows, self.train = None, numpy.zeros(4, int)
        self.validation = self.test = self.train
"""


def test_a_text_of_ones_own_is_made_of_its_vocabulary(tmp_path, monkeypatch):
    (tmp_path / "owntext.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    path = save(tmp_path / "run", "task=chartext", "model=gru", vocabulary="\n ab") / "checkpoints" / "best.ckpt"
    saved = checkpoint.read(path)
    saved["config"]["task"] = {"name": "own", "_target_": "owntext.Own"}
    checkpoint.write(path, saved)
    with pytest.raises(InputError, match="trust="):
        load(tmp_path / "run")
    task = load(tmp_path / "run", ["owntext"]).task
    assert type(task).__name__ == "Own" and task.vocab.symbols == "\n ab"


def test_of_many_checkpoints_some_are_looked_at_the_first_and_the_last_among_them(tmp_path):
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    for number in range(1, 101):
        (folder / checkpoint.name_of_check(number)).touch()
    (folder / "of_somebody.ckpt").touch()
    names = [path.name for path in kept(tmp_path)]
    assert len(set(names)) == MOST and names[0] == "check_00001.ckpt" and names[-1] == "check_00100.ckpt"
    assert kept(tmp_path / "nothing") == []
