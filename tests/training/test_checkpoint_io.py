"""Lightning's own saving and loading, through files that are checked."""

import pytest
import torch

from rnnlab.runs import checkpoint
from rnnlab.training.checkpoint_io import CheckedFiles


def saved(value):
    return {"format": checkpoint.FORMAT, "version": checkpoint.VERSION, "weights": torch.full((3,), value)}


def test_what_lightning_saves_is_read_as_a_checkpoint_and_the_one_before_is_kept(tmp_path):
    for value in (1.0, 2.0):
        CheckedFiles().save_checkpoint(saved(value), str(tmp_path / "last.ckpt"))
    kept = {path.name: checkpoint.read(path)["weights"].tolist() for path in tmp_path.iterdir()}
    assert kept == {"last.ckpt": [2.0] * 3, "previous.ckpt": [1.0] * 3}
    CheckedFiles().remove_checkpoint(tmp_path / "last.ckpt")
    assert [path.name for path in tmp_path.iterdir()] == ["previous.ckpt"]


def test_lightning_gets_what_was_vetted_and_never_the_file(tmp_path):
    path = tmp_path / "last.ckpt"
    checkpoint.write(path, saved(1.0))
    vetted = saved(2.0)
    assert CheckedFiles(vetted).load_checkpoint(path) is vetted
    with pytest.raises(FileNotFoundError):
        CheckedFiles().load_checkpoint(path)
