"""`python benchmarks/seeds.py SEEDS OVERRIDES...`: the plain command for several seeds, one after another, as a table.

For binary addition also counts the sums of all 16,384 pairs of operands below 128 that the best checkpoint gets right.
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from rnnlab.inference.load import load
from rnnlab.inference.score import sums


def train(seed: int, overrides: list[str], folder: str) -> Path:
    command = [sys.executable, "-m", "rnnlab.train", *overrides, f"seed={seed}", f"output_dir={folder}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return Path(done.stdout.splitlines()[0].removeprefix("run "))


def all_pairs(run: Path) -> int:
    """Of the 16,384 sums of operands below 128, how many are right in all bits."""
    loaded = load(run)
    examples = loaded.task.every(7)
    with torch.inference_mode():
        return int(sums(loaded.network, [examples], loaded.task.answer).exact)


def main(seeds: int, overrides: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, seeds + 1):
            run = train(seed, overrides, folder)
            record = json.loads((run / "run.json").read_text())
            scores = record["metrics"]
            with open(run / "timing.csv", newline="") as file:
                last = list(csv.DictReader(file))[-1]
            row = {"seed": seed, "seconds": round(float(last["seconds"]), 1), "steps": record["steps"]}
            if "bits_per_character/test" in scores:
                row["test nats/char"] = round(scores["loss/test"], 4)
            else:
                row["validation exact"] = round(scores["exact_match/validation"], 4)
                row["test exact"] = round(scores["exact_match/test"], 4)
            if record["task"] == "binaryaddition":
                row["of 16,384 pairs"] = all_pairs(run)
            print(*(f"{key} {value}" for key, value in row.items()), sep="   ", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
