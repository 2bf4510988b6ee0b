"""A trained model is loaded without what only training needs."""

import os
import subprocess
import sys

from rnnlab.tasks.digit_csv import write_csv
from rnnlab.tasks.digitsum import DigitSum
from saved_runs import save

NOT_NEEDED = ("pytorch_lightning", "lightning_fabric", "torchmetrics", "torch._dynamo", "sympy", "tensorboard")


def test_asking_imports_neither_lightning_nor_a_compiler(tmp_path):
    digits = str(save(tmp_path / "digits", "task=digitsum", "model=lstm"))
    text = str(save(tmp_path / "text", "task=chartext", "model=lstm", vocabulary="\n ab"))
    write_csv(str(tmp_path / "sums.csv"), DigitSum().every(2))
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
