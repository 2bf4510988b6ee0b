"""The lab for a class, command by command, as it stands on its page."""

import os
import re
import shlex
import subprocess
import sys

import pytest

from rnnlab.config.compose import CONF

PAGE = CONF.parent / "docs" / "teaching.md"
BEFORE = ("git", "cd", "make", "source", "tensorboard")
"""How the lines begin that are no commands of rnnlab's."""

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the docs are not here: this is an installed package")


def commands():
    lines = re.findall(r"^    (\S.*)$", PAGE.read_text(), re.MULTILINE)
    return [line for line in lines if not line.startswith(BEFORE)]


def test_every_line_of_the_lab_is_a_command_that_there_is():
    assert len(commands()) >= 10
    assert all(re.match(r"python -m rnnlab\.(train|predict|sample) ", line) for line in commands())


@pytest.mark.slow
def test_the_lab_runs_from_its_first_line_to_its_last(tmp_path):
    environment, run = os.environ | {"PYTHONPATH": str(CONF.parent / "src")}, ""
    for line in commands():
        words = [sys.executable, *shlex.split(line.replace("RUN_DIR", run))[1:]]
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}: {done.stdout[-500:]} {done.stderr}"
        began = re.search(r"^run (outputs\S+)", done.stdout, re.MULTILINE)
        run = began[1] if began else run
        if line.endswith("77777"):
            assert done.stdout.splitlines()[2].startswith("1294=16.")
        if "+1" in line:
            assert done.stdout.count("TRUE") == 2
