"""Every command by one name: `rnnlab COMMAND ...`."""

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from rnnlab.__main__ import COMMANDS, main
from saved_runs import save_adder
from test_architecture import COMMANDS as MODULES

ASKED = """
eval "$(rnnlab -sc install=bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=$2
hydra_bash_completion
echo "${COMPREPLY[@]}"
"""


def test_alone_it_lists_every_command_with_one_line_each(capsys):
    assert main([]) == 0 and COMMANDS.keys() == MODULES - {"__main__"}
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert dict(lines) == COMMANDS


def test_it_says_its_version_as_train_does(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"rnnlab {version('rnnlab')}\n"


def test_what_follows_a_command_is_the_commands(tmp_path, capsys):
    assert main(["predict", str(save_adder(tmp_path / "run")), "9+60"]) == 0
    assert capsys.readouterr().out.startswith("9 + 60 = 69 TRUE\n")
    for name in COMMANDS:
        assert main([name, "--nonsense"]) == 2
        assert capsys.readouterr().err.startswith("rnnlab: error: ")


def test_a_misspelt_command_is_one_line(capsys):
    assert main(["trian", "task=digitsum"]) == 2
    assert capsys.readouterr().err.startswith("rnnlab: error: unknown command (argument=trian): did you mean 'train'?")


@pytest.mark.parametrize("words", [["task=digitsun"], ["-m", "task=digitsun"], ["train", "task=digitsun"]])
def test_settings_without_a_command_are_a_training(words, capsys):
    assert main(words) == 2
    assert "unknown task (task=digitsun)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("rnnlab ", " ".join(COMMANDS)),
        ("rnnlab ex", "export"),
        ("rnnlab predict outputs/", ""),
        ("rnnlab train model=g", "model=gru model=gru_stepwise"),
        ("rnnlab train task=chartext task.cor", "task.corpus="),
    ],
)
def test_what_a_shell_asks_is_answered(line, names, capfd, monkeypatch):
    monkeypatch.setenv("COMP_LINE", line)
    assert main(["-sc", "query=bash"]) == 0
    assert capfd.readouterr().out == f"{names}\n"


@pytest.mark.slow
@pytest.mark.needs("bash")
@pytest.mark.parametrize(
    ("line", "place", "names"), [("rnnlab pre", 1, "predict"), ("rnnlab train task=bi", 2, "task=binaryaddition")]
)
def test_bash_completes_it(line, place, names, tmp_path, monkeypatch):
    script = tmp_path / "rnnlab"
    script.write_text(f"#!{sys.executable}\nimport sys\nfrom rnnlab.__main__ import main\nsys.exit(main())\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    command = [str(shutil.which("bash")), "-c", ASKED, "bash", line, str(place)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == f"{names}\n", done.stderr


@pytest.mark.slow
def test_as_a_module_it_trains_in_two_processes(tmp_path):
    words = ["train", "task=countdown", "model=rnn", "trainer=ddp", "trainer.max_epochs=1", "data.batch_size=7"]
    done = subprocess.run([sys.executable, "-m", "rnnlab", *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(list(Path(tmp_path).glob("outputs/countdown/rnn/*/run.json"))) == 1
