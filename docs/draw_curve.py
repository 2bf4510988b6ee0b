"""`python docs/draw_curve.py RUN_DIR OUT.png`: the training curve of a run, from its metrics.csv. Needs matplotlib."""

import csv
import sys
from pathlib import Path

import matplotlib.pyplot as plt


def draw(run: Path, out: str) -> None:
    """Loss (left, logarithmic) and exact match (right) over optimizer steps."""
    with open(run / "metrics.csv", newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    steps = [row["step"] for row in rows]
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    for split, colour in (("train", "tab:blue"), ("validation", "tab:orange")):
        left.plot(steps, [row[f"loss/{split}"] for row in rows], color=colour, label=split)
        right.plot(steps, [row[f"exact_match/{split}"] for row in rows], color=colour, label=split)
    left.set(yscale="log", xlabel="optimizer step", ylabel="loss (nats per asked step)")
    right.set(ylim=(-0.02, 1.02), xlabel="optimizer step", ylabel="exact match")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    right.legend(frameon=False, loc="lower right")
    figure.savefig(out, dpi=120)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), sys.argv[2])
