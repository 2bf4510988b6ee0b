"""The jobs of a sweep: each has a folder of its own, named by what is particular to it."""

from pathlib import Path

import pytest

from rnnlab.errors import InputError
from rnnlab.sweeps.jobs import LONGEST, file_name, job_of


def test_a_folder_has_a_short_name_that_no_other_job_has():
    texts = [f"seed={seed}," + "é" * 200 + f"{seed}" for seed in range(20)] + ["x=" + "1" * 500, "x=" + "1" * 501]
    names = [file_name(text, None) for text in texts]
    assert len(set(names)) == len(names) and all(len(name.encode()) <= LONGEST for name in names)
    assert file_name("data.lengths=[2,3]", 7) == "0007_data.lengths=_2,3_"
    assert file_name("optimizer.lr=1.", None) == "optimizer.lr=1_"  # Windows would leave out the dot


def test_a_job_lies_in_the_folder_of_its_sweep_named_by_what_varies(config):
    node = config("seed=3", "output_dir=out", "sweep.name=s", "sweep.varies=[seed,model]")
    given = ["sweep.name=s", "output_dir=out", "model=lstm", "data.lengths=[2]", "seed=3", "hydra.launcher.jobs=2"]
    assert job_of(node, 4, given).directory == Path("out/sweeps/s/model=lstm,seed=3")
    assert job_of(node | {"search": {}}, 4, given).directory.name == "0004_model=lstm,seed=3"
    assert "search" not in job_of(node | {"search": {}}, 4, given).config
    node["sweep"]["varies"] = []
    assert job_of(node, 4, given).directory.name == "0004_model=lstm,data.lengths=_2_,seed=3"


@pytest.mark.parametrize("values", [{"strategy": "ddp"}, {"devices": 2}, {"nodes": 2}])
def test_a_job_of_several_processes_is_refused(values, config):
    node = config()
    node["trainer"] |= values
    with pytest.raises(InputError, match="leave out -m"):
        job_of(node, 0, [])
