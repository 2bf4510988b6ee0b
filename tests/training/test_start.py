"""What a training is refused for before torch is imported, and after."""

import pytest
from omegaconf import OmegaConf

from rnnlab.config.compose import compose
from rnnlab.errors import InputError
from rnnlab.training.start import start


def test_a_config_that_cannot_be_resolved_and_one_of_a_search_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = compose([])
    for more, why in (({"seed": "${nothing}"}, "cannot be resolved"), ({"search": {"method": "grid"}}, "add -m")):
        with pytest.raises(InputError, match=why):
            start(OmegaConf.merge(OmegaConf.create(OmegaConf.to_container(config)), more), [])
    with pytest.raises(InputError, match=r"task\.csv=none"):
        start(compose(["task.csv=none"]), ["task.csv=none"])
    assert not list(tmp_path.iterdir())


def test_its_folder_is_returned(tmp_path):
    words = ["trainer=debug", "model.hidden_size=4", f"output_dir={tmp_path}"]
    assert (start(compose(words), words) / "run.json").is_file()
