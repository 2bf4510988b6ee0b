"""docs/own_package.md, word for word: its files in a folder of their own, its commands in a shell."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rnnlab.config.compose import CONF

PAGE = CONF.parent / "docs" / "own_package.md"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PAGE.is_file(), reason="the docs are not here: this is an installed package"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for block in re.findall(r"```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        named = re.search(r"^# ((?:mylab|conf)/\S+)$", block, re.MULTILINE)
        if named:
            (tmp_path / named[1]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / named[1]).write_text(block)
    (tmp_path / "mylab" / "__init__.py").touch()
    return tmp_path


def test_its_commands_work_as_they_stand(folder):
    (script,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (python,) = re.findall(r"```python\n(import rnnlab\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    begun, environment = [], os.environ | {"PATH": path}
    for line in [*script.splitlines()[1:], f"python -c '{python}'", "python -m rnnlab.train model=leaky model.leak=2"]:
        begun = begun or list(folder.glob("outputs/majority/leaky/*"))
        line = line.replace("RUN_DIR", str(begun[0]) if begun else "none")
        exported = script.splitlines()[0].replace("PYTHONPATH=.", f"PYTHONPATH=.:{os.environ.get('PYTHONPATH', '')}")
        done = subprocess.run(
            ["sh", "-c", f"{exported}; {line}"], cwd=folder, env=environment, capture_output=True, text=True
        )
        if "model.leak=2" in line:
            assert done.returncode == 2 and "model.leak=2): must be a finite number above 0" in done.stderr
            continue
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        if "predict" in line:
            assert [one.split()[-1] for one in done.stdout.splitlines()] == ["TRUE", "TRUE"], done.stdout
        if line.startswith("python -c"):
            assert "'drive': (1, 3, 128), 'hidden': (1, 3, 128)" in done.stdout
    assert len(list(folder.glob("outputs/sweeps/first/*/run.json"))) == 4
