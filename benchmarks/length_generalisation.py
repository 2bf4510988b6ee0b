"""`python benchmarks/length_generalisation.py OUTPUT_DIR [TASK [OPTION...]]`: what helps on longer sequences.

One sweep for each task and option, of rnn, lstm and gru with seeds 1 to 5; then the tables of
docs/length_generalisation.md. Started again it does only what is missing. With a task, or a task and options, only
theirs are trained; `tables` in place of a task trains nothing.
"""

import csv
import statistics
import subprocess
import sys
from pathlib import Path

from rnnlab.reports.interval import half_width

MODELS, SEEDS = ("rnn", "lstm", "gru"), range(1, 6)

COMMON = "logger=none callbacks.solved.checks=null callbacks.saver.every_minutes=null optimizer.weight_decay=0"

TASKS = {
    "digitsum": "data.source=drawn data.lengths=2-4 data.validation_lengths=[4] data.batch_size=64 "
    "trainer.max_epochs=10 task.eval_lengths=[4,5,6,7,8]",
    "binaryaddition": "data.split=null data.lengths=1-3 data.validation_lengths=null data.batch_size=64 "
    "optimizer.lr=0.01 trainer.max_epochs=10 task.eval_lengths=[3,4,8,16,64,256,1024]",
}
"""What all sweeps of a task share: the lengths of training, and a validation that holds no longer ones."""

BEYOND = {"digitsum": [5, 6, 7, 8], "binaryaddition": [4, 8, 16, 64, 256, 1024]}
"""The lengths beyond training over which exact match is averaged, each counting the same."""

LONGEST = {"digitsum": 4, "binaryaddition": 3}
"""The longest length of training, for all but the wider range."""

OPTIONS = {
    "uniform": ("none", ""),
    "activation_noise": (
        "noise before the activation",
        {"digitsum": "practice.activation_noise=0.1", "binaryaddition": "practice.activation_noise=0.5"},
    ),
    "state_noise": ("noise on the state", "practice.state_noise=0.1"),
    "borrowed": ("borrowed starts", "practice.borrowed_starts=0.5"),
    "growing": ("curriculum growing", "practice.curriculum=growing practice.solved=0.9"),
    "fixed": ("curriculum fixed", "practice.curriculum=fixed"),
    "prefixes": ("every prefix", {"digitsum": "practice.prefixes=true"}),
    "decay": ("weight decay", "optimizer.weight_decay=0.1"),
    "decay_spares": ("weight decay, not of biases", "optimizer.weight_decay=0.1 optimizer.decay_biases=false"),
    "wider": ("range twice as wide", {"digitsum": "data.lengths=2-8", "binaryaddition": "data.lengths=1-6"}),
    "longer": ("3 times the batches", {"binaryaddition": "trainer.max_epochs=30"}),
    "longer_noise": (
        "3 times, noise before the activation",
        {"binaryaddition": "trainer.max_epochs=30 practice.activation_noise=0.5"},
    ),
    "longer_all": (
        "3 times, that noise, borrowed starts",
        {"binaryaddition": "trainer.max_epochs=30 practice.activation_noise=0.5 practice.borrowed_starts=0.5"},
    ),
}
"""Name -> what it is, and its overrides, for both tasks or for those that can."""


def overrides(task: str, option: str) -> list[str] | None:
    """What an option adds to a task's command; None where the task cannot."""
    given = OPTIONS[option][1]
    given = given.get(task) if isinstance(given, dict) else given
    return None if given is None else given.split()


def sweep(folder: str, task: str, option: str) -> None:
    """Trains what is missing of one sweep."""
    own = overrides(task, option)
    keys = {text.partition("=")[0] for text in own}
    shared = [text for text in f"{COMMON} {TASKS[task]}".split() if text.partition("=")[0] not in keys]
    varied = [f"model={','.join(MODELS)}", f"seed={','.join(map(str, SEEDS))}"]
    named = [f"output_dir={folder}", f"sweep.name=length_generalisation-{task}-{option}"]
    command = [sys.executable, "-m", "rnnlab.train", "-m", f"task={task}", *varied, *shared, *own, *named]
    print(" ".join(command[1:]), flush=True)
    done = subprocess.run(command, capture_output=True, text=True)
    print((done.stdout.strip().splitlines() or [""])[-1], done.stderr.strip(), flush=True)


def measured(folder: str, task: str, option: str, model: str, seed: int) -> dict[int, tuple[float, bool]] | None:
    """Of one run: length -> exact match of random examples, and whether all are right, adversarial ones too."""
    path = Path(folder) / "sweeps" / f"length_generalisation-{task}-{option}" / f"model={model},seed={seed}/lengths.csv"
    if not path.is_file():
        return None
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        int(one["length"]): (
            float(one["exact_match"]),
            all(row["exact"] == row["rows"] for row in rows if row["length"] == one["length"]),
        )
        for one in rows
        if one["inputs"] == "random"
    }


def beyond(folder: str, task: str, option: str, model: str) -> dict[int, float]:
    """Seed -> percent exact, mean over the lengths beyond training."""
    runs = {seed: measured(folder, task, option, model, seed) for seed in SEEDS}
    return {
        seed: 100 * statistics.fmean(run[length][0] for length in BEYOND[task]) for seed, run in runs.items() if run
    }


def compared(values: dict[int, float], plain: dict[int, float]) -> str:
    """Mean, lowest and highest; `+` or `-` where the 95 % interval of the seed-wise difference leaves out zero."""
    if not values:
        return ""
    text = f"{statistics.fmean(values.values()):.1f} ({min(values.values()):.1f} to {max(values.values()):.1f})"
    differences = [values[seed] - plain[seed] for seed in sorted(values.keys() & plain.keys())]
    middle, spread = statistics.fmean(differences or [0]), half_width(differences)
    return text if spread is None or abs(middle) <= spread else f"{text} **{'+' if middle > 0 else '-'}**"


def tables(folder: str) -> None:
    """The tables of the page, in Markdown."""
    for task in TASKS:
        print(f"\n{task}: percent exact, mean over lengths {', '.join(map(str, BEYOND[task]))}\n")
        print(f"| option | {' | '.join(MODELS)} |\n|---|{'---|' * len(MODELS)}")
        for option, (title, _) in OPTIONS.items():
            cells = [
                compared(beyond(folder, task, option, model), beyond(folder, task, "uniform", model))
                for model in MODELS
            ]
            if any(cells):
                print(f"| {title} | {' | '.join(cells)} |")
        lengths = [LONGEST[task], *BEYOND[task]]
        print(f"\n{task}: percent exact by length, mean of the seeds; in brackets the seeds with no mistake at all\n")
        print(f"| option | model | {' | '.join(map(str, lengths))} |\n|---|---|{'---|' * len(lengths)}")
        for option, (title, _) in OPTIONS.items():
            for model in MODELS:
                runs = [run for seed in SEEDS if (run := measured(folder, task, option, model, seed))]
                if runs:
                    cells = [
                        f"{100 * statistics.fmean(run[length][0] for run in runs):.1f}"
                        + (f" ({count})" if (count := sum(run[length][1] for run in runs)) else "")
                        for length in lengths
                    ]
                    print(f"| {title} | {model} | {' | '.join(cells)} |")


def main(folder: str, chosen: str = "", *options: str) -> None:
    """The sweeps, the one that the others are compared with first, then the tables."""
    for option in options or OPTIONS:
        for task in TASKS:
            if chosen in ("", task) and overrides(task, option) is not None:
                sweep(folder, task, option)
    tables(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
