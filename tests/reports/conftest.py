"""What the tests of reports share."""

from pathlib import Path

import pytest

from example_runs import EXACT, write


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for model, scores in EXACT.items():
        for seed, exact in enumerate(scores, 1):
            run = tmp_path / "outputs" / "digitsum" / model / f"run-{seed}"
            metrics = {"loss/test": 1 - exact, "exact_match/test": exact, "exact_match/validation": exact}
            write(run, model, seed, seconds=10.0 * seed, metrics=metrics, steps=2)
            (run / "metrics.csv").write_text(
                f"step,epoch,loss/train,loss/validation,exact_match/validation\n1,0,2.0,2.0,0.5\n2,1,1.0,1.0,{exact}\n"
            )
            (run / "timing.csv").write_text("step,seconds\n1,0.5\n2,1.0\n")
    return tmp_path / "outputs"
