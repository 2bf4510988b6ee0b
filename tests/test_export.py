"""Exported models: onnxruntime agrees with torch on real inputs, and numpy alone can ask them."""

import pytest

from rnnlab.export import main
from saved_runs import save

pytestmark = pytest.mark.needs("onnx", "onnxruntime", "onnxscript", "safetensors")


def test_a_missing_package_is_named(tmp_path, monkeypatch, capsys):
    run = save(tmp_path / "run", "task=digitsum", "model=rnn")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main([str(run)]) == 2
    assert "pip install 'rnnlab[export]'" in capsys.readouterr().err
    assert not (run / "export").exists()
