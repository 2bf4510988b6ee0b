"""Over the checkpoints of a training: each is read on the same input, in the order of its steps."""

import torch

from rnnlab.inference.load import kept, load
from rnnlab.inspection import checks
from rnnlab.inspection.whole import walk
from rnnlab.runs import checkpoint
from saved_runs import save_adder


def test_each_checkpoint_says_how_its_best_unit_follows_the_carry(tmp_path):
    run = save_adder(tmp_path / "run")
    folder = run / "checkpoints"
    saved = checkpoint.read(folder / "best.ckpt") | {"global_step": 90}
    checkpoint.write(folder / "best.ckpt", saved)
    checkpoint.write(folder / "last.ckpt", saved | {"global_step": 99})
    silent = {name: torch.zeros_like(value) for name, value in saved["state_dict"].items()}
    checkpoint.write(folder / checkpoint.name_of_check(1), saved | {"global_step": 10, "state_dict": silent})
    paths = kept(run)
    assert [path.name for path in paths] == ["check_00001.ckpt", "best.ckpt"]

    loaded = load(run)
    batch = loaded.task.parse("1234567+7654321")
    first, last = checks.history(list(reversed(paths)), batch, [])
    assert (first["step"], last["step"]) == (10, 90) and last["right"] == 1 > first["right"]
    assert first["units"]["carry"]["correlation"] == 0
    carry = loaded.task.quantities(batch)["carry"][0].double()
    with torch.no_grad():
        states = walk(loaded.network, batch.inputs)[1][0].double()
    each = [float(torch.corrcoef(torch.stack([unit, carry]))[0, 1]) for unit in states.T]
    best = max(range(3), key=lambda unit: abs(each[unit]))
    found = last["units"]["carry"]
    assert found["unit"] == best + 1 and abs(found["correlation"] - each[best]) < 1e-3
    scaled = states[:, best] / states[:, best].abs().max()
    assert torch.allclose(torch.tensor(found["values"]).double(), scaled, atol=0.01)


def test_a_checkpoint_that_is_damaged_is_left_out_in_one_line(tmp_path, capsys):
    run = save_adder(tmp_path / "run")
    damaged = run / "checkpoints" / checkpoint.name_of_check(1)
    damaged.write_bytes(b"x" * 1000)
    batch = load(run).task.parse("9+60")
    (check,) = checks.history([damaged, run / "checkpoints" / "best.ckpt"], batch, [], lambda loaded: loaded.path.name)
    err = capsys.readouterr().err
    assert check["measured"] == "best.ckpt" and "check_00001.ckpt" in err and err.count("\n") == 1
