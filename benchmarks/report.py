"""`python benchmarks/report.py [runs=1000] [checks=80]`: how long `python -m rnnlab.report` takes over many runs.

Makes folders with all that a report reads of a run: run.json, metrics.csv, timing.csv and lengths.csv, of 20
combinations. The whole command is timed, its start included, three times: the files are in the system's memory then.
"""

import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from omegaconf import OmegaConf

from rnnlab.config.compose import compose

MODELS, RATES = ("rnn", "lstm", "gru", "lstm_stepwise"), (0.001, 0.002, 0.005, 0.01, 0.02)
CURVES = "step,epoch,loss/train,accuracy/train,exact_match/train,loss/validation,accuracy/validation,"
CURVES += "exact_match/validation,learning_rate,gradient_norm\n"
LENGTHS = "length,inputs,rows,exact,asked,right,exact_match,exact_match_low,exact_match_high\n"


def make(folder: Path, model: str, rate: float, seed: int, config: dict, checks: int) -> None:
    """One run, as a sweep leaves it."""
    draw = random.Random(f"{model} {rate} {seed}")
    speed = draw.uniform(0.05, 0.3)
    run = folder / f"model={model},optimizer.lr={rate},seed={seed}"
    run.mkdir(parents=True)
    overrides = ["task=digitsum", f"model={model}", f"optimizer.lr={rate}", f"seed={seed}"]
    config = config | {"seed": seed, "optimizer": config["optimizer"] | {"lr": rate}}
    rows, exact = [], 0.0
    for check in range(1, checks + 1):
        loss = 2.3 * math.exp(-speed * check) + 0.01 * draw.random()
        exact = round(max(0.0, 1 - loss / 2.3 - 0.01 * draw.random()), 6) if check < checks else 1.0
        rows.append(f"{check * 100},{check},{loss},{exact},{exact},{loss * 1.1},{exact},{exact},0.001,{loss}\n")
    (run / "metrics.csv").write_text(CURVES + "".join(rows))
    timing = "".join(f"{check * 100},{check * speed},20000.0\n" for check in range(1, checks + 1))
    (run / "timing.csv").write_text("step,seconds,speed/examples_per_second\n" + timing)
    measured = [f"{length},random,1000,1,1,1,{1 / length},0.0,1.0\n" for length in range(1, 9)]
    (run / "lengths.csv").write_text(LENGTHS + "".join(measured))
    names = ("loss", "accuracy", "exact_match")
    record = {"status": "done", "reason": None, "started": "2026-01-01T00:00:00+0000", "task": "digitsum"}
    record |= {"model": model, "seed": seed, "device": "cpu", "config": config, "steps": checks * 100}
    record |= {"overrides": overrides}
    record |= {"seconds": checks * speed, "versions": {"torch": "2.13.0"}, "command": "python -m rnnlab.train"}
    scores = {f"{name}/{part}": exact - draw.random() / 10 for name in names for part in ("validation", "test")}
    (run / "run.json").write_text(json.dumps(record | {"metrics": scores}, indent=2))


def main(runs: int, checks: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "sweep")
        configs = {
            model: OmegaConf.to_container(compose(["task=digitsum", f"model={model}"]), resolve=True)
            for model in MODELS
        }
        for place in range(runs):
            model, rate = MODELS[place % 4], RATES[place // 4 % 5]
            make(folder, model, rate, place // 20, configs[model], checks)
        size = sum(path.stat().st_size for path in folder.rglob("*.*"))
        print(f"{runs:,} runs of {checks} checks, {size / 1e6:.0f} MB")
        for _ in range(3):
            began, used = time.perf_counter(), cpu()
            done = subprocess.run([sys.executable, "-m", "rnnlab.report", folder], capture_output=True, text=True)
            seconds = time.perf_counter() - began
            assert done.returncode == 0 and f"{runs:,} runs ({runs:,} done)" in done.stdout, done.stderr
            page = (folder / "report.html").stat().st_size
            print(f"{seconds:.2f} s ({cpu() - used:.2f} s of them on a processor), a page of {page / 1000:.0f} KB")


def cpu() -> float:
    """Seconds of processor time that the commands have taken so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    given = {name: int(value) for name, _, value in (argument.partition("=") for argument in sys.argv[1:])}
    main(given.get("runs", 1000), given.get("checks", 80))
