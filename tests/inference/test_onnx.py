"""Exported models: onnxruntime agrees with torch on real inputs, and numpy alone can ask them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from rnnlab.export import main
from rnnlab.inference.load import load
from saved_runs import save, save_adder

pytestmark = pytest.mark.needs("onnx", "onnxruntime", "onnxscript", "safetensors")

EXAMPLE = Path(__file__).parents[2] / "examples" / "decode_onnx.py"


ALONE = "import runpy, sys; sys.modules['torch'] = sys.modules['rnnlab'] = None; sys.argv = sys.argv[1:]; "
ALONE += "runpy.run_path(sys.argv[0], run_name='__main__')"


def exported(run):
    import onnxruntime

    assert main([str(run)]) == 0
    return onnxruntime.InferenceSession(str(run / "export" / "model.onnx"), providers=["CPUExecutionProvider"])


def agrees(run, seeded):
    """Step by step in onnxruntime, for three batch sizes, against the whole rows in torch."""
    session, loaded = exported(run), load(run)
    for rows in (1, 2, 9):
        inputs = loaded.task.batch(rows, 6, seeded(rows)).inputs
        with torch.no_grad():
            expected, state = loaded.network(inputs)
        parts = [torch.zeros_like(part).numpy() for part in state]
        for step in range(inputs.shape[1]):
            given = {f"state_{index}": part for index, part in enumerate(parts)}
            logits, *parts = session.run(None, {"input": inputs[:, step].numpy(), **given})
            assert logits.shape == (rows, loaded.task.num_classes)
            assert abs(torch.from_numpy(logits) - expected[:, step]).max() < 1e-5


def test_an_lstm_computes_the_same_in_onnxruntime(tmp_path, seeded):
    agrees(save(tmp_path / "run", "task=digitsum", "model=lstm", "model.num_layers=2"), seeded)


@pytest.mark.slow
def test_every_model_computes_the_same_in_onnxruntime(model_name, config, tmp_path, seeded):
    deeper = ["model.num_layers=2"] if "num_layers" in config(f"model={model_name}")["model"] else []
    agrees(save(tmp_path / "run", "task=digitsum", f"model={model_name}", *deeper), seeded)


def test_an_exported_adder_adds_with_numpy_alone(tmp_path):
    session = exported(save_adder(tmp_path / "run"))
    known = session.get_modelmeta().custom_metadata_map
    assert known["task"] == "binaryaddition" and json.loads(known["settings"])["model"]["hidden_size"] == 3
    assert [part.shape for part in session.get_inputs()] == [["batch", 2], [1, "batch", 3]]
    for question in ("9+60", f"{2**70 - 1}+1"):
        words = [sys.executable, "-c", ALONE, str(EXAMPLE), str(tmp_path / "run/export/model.onnx"), question]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        assert int(done.stdout) == eval(question)


def test_safetensors_hold_the_weights_and_the_vocabulary(tmp_path):
    from safetensors import safe_open
    from safetensors.torch import load_file

    from rnnlab.inference.onnx import to_safetensors

    loaded = load(save(tmp_path / "run", "task=chartext", "model=lstm", vocabulary="\n abc"))
    (tmp_path / "model.safetensors").write_bytes(to_safetensors(loaded))
    weights = load_file(tmp_path / "model.safetensors")
    assert all(torch.equal(value, weights.pop(name)) for name, value in loaded.network.state_dict().items())
    assert not weights
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        assert file.metadata()["vocabulary"] == "\n abc" and file.metadata()["answer"] == "endless"
        assert "end" not in file.metadata()
