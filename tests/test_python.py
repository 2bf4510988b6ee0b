"""What Python gets by `import rnnlab`."""

import subprocess
import sys

import pytest

LIGHT = """
import rnnlab, sys
assert not {"torch", "hydra", "omegaconf", "numpy", "rich", "pytorch_lightning"} & sys.modules.keys()
rnnlab.runs(sys.argv[1])
assert "torch" not in sys.modules
"""

TYPED = """
import rnnlab
from rnnlab import InputError, load, runs, train

reveal_type(rnnlab.train("task=digitsum"))
reveal_type(train("task=digitsum").scores)
reveal_type(rnnlab.load("run").answer("9+60").right)
reveal_type(load("run").trace("1294="))
reveal_type(len(rnnlab.runs("outputs")))
reveal_type(runs("outputs")[0].status)
"""


def test_importing_it_imports_nothing_heavy_and_tables_of_runs_need_no_torch(tmp_path):
    (tmp_path / "run.json").write_text('{"status": "done"}')
    done = subprocess.run([sys.executable, "-c", LIGHT, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_its_functions_stay_functions_when_the_modules_of_their_names_are_imported():
    import rnnlab
    import rnnlab.runs.run
    import rnnlab.train
    from rnnlab import runs, train
    from rnnlab.train import main

    assert callable(rnnlab.train) and callable(rnnlab.runs) and callable(main)
    assert (train, runs) == (rnnlab.train, rnnlab.runs)
    assert sys.modules["rnnlab.train"].main is main and rnnlab.errors.InputError is rnnlab.InputError


@pytest.mark.slow
def test_a_users_own_code_is_typed_strictly(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "own.py").write_text(TYPED)
    command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={tmp_path}", str(tmp_path / "own.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    found = [line.partition('"')[2].rstrip('"') for line in done.stdout.splitlines() if "Revealed" in line]
    assert found[:3] == ["rnnlab.reports.records.Run", "dict[str, float]", "bool"]
    assert "ndarray" in found[3] and found[4:] == ["int", "str"]
