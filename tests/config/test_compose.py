"""Overrides: of anything that can be typed, each is taken or refused; a config is composed once."""

import subprocess
import sys

import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from omegaconf import OmegaConf

from rnnlab.config.compose import compose, composed, values_of
from rnnlab.errors import InputError
from rnnlab.train import main

SMALL = ["model.hidden_size=4", "data.lengths=[2]", "data.batch_size=80", "trainer.max_epochs=1", "logger=none"]


CHOSEN = ["task=chartext", "model=gru", "optimizer=sgd", "optimizer.lr=0.5", "task.corpus=sentences"]
CHOSEN += ["callbacks.early=null", "schedule={rise: 0.5}", "hydra.launcher.jobs=2"]


@pytest.mark.parametrize("overrides", [[], CHOSEN[:5], CHOSEN], ids=len)
def test_a_config_is_what_hydras_command_line_makes_of_the_same_words(overrides, tmp_path):
    """Its own --cfg is not checked by us, and applies every override in its own way."""
    code = "import sys, hydra; from rnnlab.config.compose import CONF\n"
    code += "hydra.main(version_base='1.3', config_path=str(CONF), config_name='config')(print)()"
    command = [sys.executable, "-c", code, "--cfg", "job", *overrides]
    theirs = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert OmegaConf.to_yaml(compose(overrides)) == theirs


@pytest.fixture
def compositions(monkeypatch):
    """How often Hydra has composed a config."""
    calls, original = [], ConfigLoaderImpl.load_configuration

    def counted(self, *args, **options):
        calls.append(args)
        return original(self, *args, **options)

    monkeypatch.setattr(ConfigLoaderImpl, "load_configuration", counted)
    return calls


def test_a_config_is_composed_once_for_a_run_and_once_for_each_job_of_a_sweep(compositions, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(SMALL) == 0 and len(compositions) == 1
    compositions.clear()
    assert main(["-m", *SMALL, "seed=1,2,3"]) == 0 and len(compositions) == 1 + 3


def test_what_a_sweep_has_in_common_has_the_first_of_its_choices_and_what_its_experiment_varies():
    made = composed(["experiment=batch_size", "model=glob(g*)", "seed=3"], sweeps=True)
    assert made.config.model.name == "gru" and made.config.seed == 3
    assert made.overrides[1:] == ["model=choice(gru,gru_stepwise)", "seed=3", "data.batch_size=16,32,64,128,256,512"]


def test_a_run_that_goes_on_takes_values_of_its_own_config_and_nothing_else():
    of_run = {"task": "countdown", "model": "gru"}
    assert values_of(["model.hidden_size=3", "task.highest=5"], of_run) == {"model.hidden_size": 3, "task.highest": 5}
    brought = values_of(["task=digitsum"], of_run)
    assert set(brought) == {"task", "data"} and brought["data"]["lengths"] == [2, 3, 4]
    for override in ("experiment=three_units", "hydra.launcher.jobs=2"):
        with pytest.raises(InputError, match="is not in the config of a run"):
            values_of([override], of_run)
