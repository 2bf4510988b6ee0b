"""The pages' worked examples, word for word: their files are put into a copy of the project, and work there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rnnlab.config.compose import CONF, composed

ROOT = CONF.parent
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]

DECAY = """\"\"\"What is read fades away: a layer that is no cell, and has no layers to stack.\"\"\"

import torch
from torch import Tensor, nn


class Decay(nn.Module):
    \"\"\"h_t = a * h_{t-1} + W x_t, with a = sigmoid(b): as one product with the powers of a, step T - 1 to 0.\"\"\"

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        self.read = nn.Linear(input_size, hidden_size, bias=False)
        self.fade = nn.Parameter(torch.zeros(hidden_size))

    def forward(self, x: Tensor, state: tuple[Tensor, ...] | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        h = x.new_zeros(1, len(x), len(self.fade)) if state is None else state[0]
        steps = torch.arange(x.shape[1], device=x.device)
        apart = steps.unsqueeze(1) - steps  # (T, T)
        powers = torch.sigmoid(self.fade) ** apart.clamp(min=0).unsqueeze(2) * (apart >= 0).unsqueeze(2)
        y = torch.einsum("tsh,bsh->bth", powers, self.read(x))
        y = y + torch.sigmoid(self.fade) ** (steps + 1).unsqueeze(1) * h[0].unsqueeze(1)
        return y, (y[:, -1].unsqueeze(0),)
"""
"""A layer by the shorter of the two protocols."""

OTHER = {
    "src/rnnlab/layers/decay.py": DECAY,
    "conf/model/decay.yaml": "name: decay\n_target_: rnnlab.layers.decay.Decay\nhidden_size: 16\n",
}

pytestmark = pytest.mark.skipif(not README.is_file(), reason="the README is not here: this is an installed package")


def files() -> dict[str, str]:
    """Path -> content of every code block whose first lines name a file."""
    pages = [ROOT / "docs" / f"add_a_{what}.md" for what in ("task", "layer")]
    blocks = [block for page in pages for block in re.findall(r"```\w+\n(.*?)```", page.read_text(), re.DOTALL)]
    named = {re.search(r"^# ((?:src|conf|tests)/\S+)$", block, re.MULTILINE): block for block in blocks}
    return {match[1]: block for match, block in named.items() if match}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for name in ("src", "conf", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path, content in (files() | OTHER).items():
        assert not (ROOT / path).exists(), f"{path} is in the project already"
        (folder / path).write_text(content)
    return folder


def python(copy: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": str(copy / "src")}
    return subprocess.run([sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True)


def test_the_pages_show_a_task_and_a_layer_of_three_files_each():
    assert sorted(files()) == [
        "conf/model/mgu.yaml",
        "conf/task/oddones.yaml",
        "src/rnnlab/layers/mgu.py",
        "src/rnnlab/tasks/oddones.py",
        "tests/layers/test_mgu.py",
        "tests/tasks/test_oddones.py",
    ]


def test_the_contract_tests_find_them_and_pass(copy):
    tests = ["layers/test_mgu", "tasks/test_oddones", "tasks/test_task", "layers/test_protocol"]
    tests += ["training/test_generalisation", "config/test_generalisation", "inference/test_onnx"]
    files = [f"tests/{name}.py" for name in tests]
    words = [
        "-m",
        "pytest",
        "-q",
        "-m",
        "",
        "-p",
        "no:cacheprovider",
        *files,
        "-k",
        "oddones or mgu or Parity or decay",
    ]
    done = python(copy, *words)
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 60


@pytest.mark.parametrize(
    ("model", "key"), [("decay", "num_layers"), ("decay", "dropout"), ("decay", "forget_bias"), ("rnn", "forget_bias")]
)
def test_a_setting_that_a_layer_does_not_have_is_one_clear_line(model, key, copy):
    done = python(copy, "-m", "rnnlab.train", f"model={model}", f"+model.{key}=2")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert f"model.{key}=2" in done.stderr, done.stderr
    assert not (copy / "outputs").exists()


@pytest.mark.slow
def test_the_new_task_is_learnt(copy):
    done = python(copy, "-m", "rnnlab.train", "task=oddones", "model=lstm")
    assert done.returncode == 0, done.stderr
    test = next(line for line in done.stdout.splitlines() if " test " in line)
    assert float(test.split("│")[-2]) > 0.99  # exact match on rows of 256 bits


def test_the_new_layer_is_trained(copy):
    words = ["task=digitsum", "model=mgu", "model.num_layers=2", "model.dropout=0.1", "practice.activation_noise=0.1"]
    done = python(copy, "-m", "rnnlab.train", *words, "data.lengths=[2]", "trainer.max_epochs=2")
    assert done.returncode == 0, done.stderr


def test_links_from_page_to_page_lead_somewhere():
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_a_file_of_the_project_that_a_page_names_is_there():
    """But for the examples' own, which the pages for a task and a layer of one's own tell to make."""
    for page in PAGES:
        for name in re.findall(r"`((?:benchmarks|conf|docs|examples|src|tests)/[\w./]+\.\w+)`", page.read_text()):
            assert (ROOT / name).exists() or name in files(), f"{page.name}: {name}"


def test_every_command_of_the_readme_composes():
    commands = re.findall(r"python -m rnnlab\.train ([^`\n|]+)", README.read_text())
    assert len(commands) > 5
    for command in commands:
        words = [word for word in command.split() if word != "-m" and "=" in word]
        if any(word.startswith(("resume=", "sweep.")) for word in words) or {"task=oddones", "model=mgu"} & set(words):
            continue
        if words == ["task=digitsun"]:
            continue  # shown as a mistake
        composed(words, sweeps="-m" in command)


def test_make_help_lists_every_target():
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    listed = subprocess.run(["make", "help"], cwd=ROOT, env=environment, capture_output=True, text=True).stdout
    assert {line.split()[1] for line in listed.splitlines()} == targets
    assert {"train", "test", "test-all", "lint"} <= targets
