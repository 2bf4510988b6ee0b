"""A trained model is loaded without what only training needs."""

import os
import subprocess
import sys

import pytest

from rnnlab.tasks.digit_csv import write_csv
from rnnlab.tasks.digitsum import DigitSum
from saved_runs import save

NOT_NEEDED = ("pytorch_lightning", "lightning_fabric", "torchmetrics", "torch._dynamo", "sympy", "tensorboard")


@pytest.mark.parametrize(
    "command, task, words",
    [
        ("predict", "digitsum", ["12"]),
        ("evaluate", "digitsum", ["input=sums.csv"]),
        ("evaluate", "digitsum", ["lengths=[2]", "out=."]),
        ("sample", "chartext", ["length=3"]),
    ],
    ids=str,
)
def test_asking_imports_neither_lightning_nor_a_compiler(command, task, words, tmp_path):
    run = save(tmp_path / "run", f"task={task}", "model=lstm", vocabulary="\n ab" if task == "chartext" else None)
    write_csv(str(tmp_path / "sums.csv"), DigitSum().every(2))
    code = f"""
import sys
from rnnlab.{command} import main
assert main({[str(run), *words]}) == 0
found = {{name.split('.')[0] for name in sys.modules}} | sys.modules.keys()
assert not found & set({NOT_NEEDED}), found & set({NOT_NEEDED})
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
