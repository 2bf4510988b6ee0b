"""`python benchmarks/sweeps.py [JOBS] [OVERRIDES...]`: what two jobs at once gain, what a job costs beside training.

JOBS (12) digit sums one after another, two at once by forking and two at once by joblib (where it is installed): at
most 0.6 of the time. Then one job against JOBS of a training of a few steps, one after another: what each more takes
beyond the seconds in its run.json, which is for checking, forking, building, saving and scoring it: at most 0.5 s.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOST_TOGETHER, MOST_EACH = 0.6, 0.5
SHORT = ["data.lengths=[2]", "data.batch_size=8", "trainer.max_epochs=2", "model.hidden_size=8"]


def sweep(jobs: int, *overrides: str) -> tuple[float, float]:
    """Seconds that a sweep over seeds takes, and those of them that are training, by the jobs' own records."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "rnnlab.train", "-m", "task=digitsum", "model=lstm", *overrides]
        command += [f"seed=range(1,{jobs + 1})", f"output_dir={folder}", "sweep.name=s"]
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        seconds = time.perf_counter() - began
        if done.returncode:
            sys.exit(done.stderr)
        records = [json.loads(path.read_text()) for path in Path(folder).glob("sweeps/s/*/run.json")]
        assert [record["status"] for record in records] == ["done"] * jobs
        return seconds, sum(record["seconds"] for record in records)


def main(jobs: int, overrides: list[str]) -> bool:
    serial, training = sweep(jobs, *overrides)
    print(f"{jobs} jobs one after another: {serial:.1f} s, {training:.1f} s of them training", flush=True)
    good = True
    ways = {"forking": ["hydra.launcher.jobs=2"]}
    if importlib.util.find_spec("joblib"):
        ways["joblib"] = ["launcher=joblib", "hydra.launcher.n_jobs=2"]
    for name, way in ways.items():
        together, _ = sweep(jobs, *overrides, *way)
        good &= together <= MOST_TOGETHER * serial
        print(
            f"two at once, {name}: {together:.1f} s, {together / serial:.2f} of it (at most {MOST_TOGETHER})",
            flush=True,
        )
    one, many = sweep(1, *SHORT), sweep(jobs + 1, *SHORT)
    each = (many[0] - one[0] - (many[1] - one[1])) / jobs
    print(
        f"a job beyond its training: {each:.2f} s (at most {MOST_EACH}); all else, once: {one[0] - one[1] - each:.1f} s"
    )
    return good and each <= MOST_EACH


if __name__ == "__main__":
    count = sys.argv[1:2] if sys.argv[1:2] and sys.argv[1].isdigit() else []
    sys.exit(0 if main(int((count or ["12"])[0]), sys.argv[1 + len(count) :]) else 1)
