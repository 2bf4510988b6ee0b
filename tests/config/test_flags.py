"""Every flag of Hydra's command line does what it says, or is refused in one line before anything is made."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hydra._internal.utils import get_args_parser

from rnnlab.config import flags
from rnnlab.train import main

SHOWN = [
    (["--help"], "experiments with recurrent networks"),
    (["-h", "model=gru"], "name: gru"),
    (["--hydra-help"], "Hydra (1."),
    (["--version"], "rnnlab "),
    (["--cfg", "job"], "seed: 1"),
    (["-c", "hydra"], "launcher:"),
    (["seed=3", "--cfg", "job", "model=gru"], "name: gru"),  # flags stand anywhere
    (["--cfg", "job", "--resolve"], "seed: 1"),
    (["--cfg", "job", "--package", "model"], "# @package model"),
    (["--cfg", "job", "-p", "optimizer.lr"], "0.0"),
    (["--cfg", "job", "-p", "_global_"], "seed: 1"),
    (["--config-dir", "own", "--cfg", "job", "model=mine"], "hidden_size: 3"),
    (["-cd", "own", "--cfg", "job", "model=mine"], "hidden_size: 3"),
    (["--info", "searchpath"], "Config search path"),
    (["-i", "plugins"], "ForkingLauncher"),
    (["--info", "defaults-tree"], "config"),
    (["--shell-completion", "install=bash"], "complete -o nospace"),
    (["-sc", "uninstall=fish"], "complete -e"),
]
REFUSED = [
    (["--experimental-rerun", "config.pickle"], "a pickle is a program"),
    (["--experimental-rerun=nowhere"], "a pickle is a program"),
    (["--config-path", "own"], "--config-dir"),
    (["-cp", "own"], "--config-dir"),
    (["--config-name", "config"], "--config-dir"),
    (["-cn", "own"], "--config-dir"),
    (["--config-dir", "nowhere"], "not a folder"),
    (["--config-dir"], "expected one argument"),
    (["--cfg"], "expected one argument"),
    (["--cfg", "foo"], "invalid choice"),
    (["--cfg", "job", "model=lsmt"], "did you mean 'lstm'"),
    (["--cfg", "job", "model=rnn,lstm"], "add -m"),
    (["--cfg", "job", "-p", "nowhere"], "not in the config"),
    (["--cfg", "job", "-p", "a["], "not in the config"),
    (["--cfg", "job", "--resolve", "seed=${nowhere}"], "nowhere"),
    (["--package", "model"], "needs --cfg"),
    (["--resolve"], "needs --cfg"),
    (["--info", "foo"], "invalid choice"),
    (["--info", "defaults", "model=lsmt"], "lsmt"),
    (["--shell-completion"], "install=SHELL"),
    (["-sc", "install=csh"], "bash, fish, zsh"),
    (["-sc", "install=bash", "uninstall=bash"], "install=SHELL"),
    (["-sc", "query=bash"], "only a shell asks"),
    (["-sc", "--cfg", "job"], "cannot be combined"),
    (["-m", "--cfg", "job"], "cannot be combined"),
    (["-m", "--info"], "cannot be combined"),
    (["-m", "-sc", "install=bash"], "cannot be combined"),
    (["-m", "--help"], "cannot be combined"),
    (["--run", "--multirun", "seed=1"], "cannot be combined"),
    (["--run", "--cfg", "job"], "cannot be combined"),
    (["--multi", "seed=1,2"], "unrecognized"),  # no flag is cut short: what follows it would not be known
    (["--exp", "config.pickle"], "unrecognized"),
    (["-msc"], "cannot be read"),
    (["resume=nowhere", "-m"], "cannot be combined"),
    (["resume=nowhere", "--cfg", "job"], "cannot be combined"),
    (["sweep.resume=nowhere", "--cfg", "job"], "cannot be combined"),
    (["hydra.mode=MULTIRUN", "seed=1"], "add -m"),
    (["hydra.searchpath=[own]"], "--config-dir"),
    (["-m", "hydra.mode=RUN", "seed=1,2"], "add -m"),
    (["-m", "hydra/sweeper=basic", "seed=1,2"], "seed=1,2,3"),
    (["-m", "hydra.sweeper.max_batch_size=1", "seed=1,2"], "seed=1,2,3"),
    (["-m", "hydra/launcher=basic", "seed=1,2"], "launcher=serial"),
    (["model=glob(l*)"], "add -m"),
    ([""], "is no key=value"),
]


class Call:
    def __reduce__(self) -> tuple:
        return os.system, ("touch EXECUTED",)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(flags.OWN_CONFIGS, raising=False)
    Path("own/model").mkdir(parents=True)
    Path("own/model/mine.yaml").write_text("defaults: [lstm]\nhidden_size: 3\n")
    Path("config.pickle").write_bytes(pickle.dumps(Call()))
    return tmp_path


def shown(arguments: list[str], capfd) -> tuple[int, str, str]:
    try:
        code = main(arguments)
    except SystemExit as leaving:  # argparse shows versions, Hydra helps, and leave
        code = leaving.code or 0
    return code, *capfd.readouterr()


def in_a_process(arguments: list[str], _) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-m", "rnnlab.train", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


SLOW = ("-h", "hydra", "_global_", "-cd", "-i", "defaults-tree", "--resolve", "optimizer.lr")
"""Some of what composes a whole config."""


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [pytest.param(*case, marks=pytest.mark.slow if set(SLOW) & set(case[0]) else ()) for case in SHOWN],
    ids=lambda value: str(value),
)
def test_what_a_flag_shows(arguments, hint, folder, capfd):
    before = sorted(folder.rglob("*"))
    alone = {"--info", "-i"} & set(arguments)  # it changes how its process logs
    code, out, err = (in_a_process if alone else shown)(arguments, capfd)
    assert (code, err) == (0, "") and hint in out
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(("arguments", "hint"), REFUSED, ids=lambda value: str(value))
def test_what_is_refused(arguments, hint, folder, capfd):
    before = sorted(folder.rglob("*"))
    code, out, err = shown(arguments, capfd)
    assert code == 2 and out == "" and err.startswith("rnnlab: error: ") and err.count("\n") == 1 and hint in err
    assert sorted(folder.rglob("*")) == before


def test_no_flag_of_hydras_was_forgotten():
    tried = {word for arguments, _ in (*SHOWN, *REFUSED) for word in arguments if word.startswith("-")}
    for action in get_args_parser()._actions:
        assert not action.option_strings or tried & set(action.option_strings), action.option_strings


def test_what_a_shell_asks_is_answered(capfd, monkeypatch):
    monkeypatch.setenv("COMP_LINE", "rnnlab-train model=gr")
    code, out, err = shown(["-sc", "query=bash"], capfd)
    assert (code, err) == (0, "") and "model=gru" in out


def test_the_environment_names_ones_own_configs(capfd, monkeypatch):
    monkeypatch.setenv(flags.OWN_CONFIGS, "own")
    assert "hidden_size: 3" in shown(["--cfg", "job", "model=mine"], capfd)[1]
    monkeypatch.setenv(flags.OWN_CONFIGS, "nowhere")
    code, _, err = shown(["--cfg", "job"], capfd)
    assert code == 2 and f"{flags.OWN_CONFIGS}=nowhere" in err and err.count("\n") == 1
    assert "hidden_size: 3" in shown(["--config-dir", "own", "--cfg", "job", "model=mine"], capfd)[1]
