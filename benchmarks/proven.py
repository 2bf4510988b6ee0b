"""`python benchmarks/proven.py FOLDER [MODEL [SEEDS [TASK...]]]`: networks that are proven on every length.

Of each task, MODEL (rnn, gru, lstm; rnn) with seeds 1 to SEEDS (10) is trained by `experiment=proven_adder` with the
task in place of the adder, then tried as `rnnlab.prove` does, for 20 seconds. Started again it does only what is
missing. Prints the rows of docs/machines.md of all that the folder has.
"""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

import rnnlab
from rnnlab.inference.load import ready
from rnnlab.proof.attempt import attempt
from rnnlab.proof.telling import plainly

UNITS = {"binaryaddition": 8, "parity": 8, "evenpairs": 8, "modular": 48, "cycle": 16, "dyck1": 16}
UNITS |= {"decimaladdition": 32}
UNITS |= {f"tomita{number}": 16 for number in range(1, 8)}
"""Tasks -> hidden units."""

SECONDS = 20


def tried(task: str, model: str, seed: int, folder: Path) -> None:
    """Trains one network, looks for its proof, and keeps what was found in a file."""
    kept = folder / f"{task}-{model}-{seed}.json"
    if kept.is_file():
        return
    words = ["experiment=proven_adder", f"task={task}", f"model={model}", f"model.hidden_size={UNITS[task]}"]
    run = rnnlab.train(*words, f"seed={seed}", f"output_dir={folder}", "logger=none", "callbacks.look=null")
    loaded = ready(run.folder, [])
    machine = loaded.task.machine()
    assert machine is not None
    found = attempt(loaded.network, machine, SECONDS, lambda name, gap: None)
    kept.write_text(json.dumps(plainly(found) | {"units": UNITS[task], "training": run.seconds}))


def row(task: str, model: str, found: list[dict[str, Any]]) -> str:
    """A line of the table."""
    proven = [one for one in found if one["verdict"] == "proven"]
    words = [" ".join(map(str, one["word"])) for one in found if one["verdict"] == "wrong"]
    cells = [f"`{task}`", model, str(found[0]["units"]), f"{len(proven)} of {len(found)}"]
    cells.append(", ".join(sorted({one["how"] for one in proven})))
    cells.append(f"{min(one['margin'] for one in proven):.1f}" if proven else "")
    cells.append(f"{statistics.median(one['seconds'] for one in proven):.1f}" if proven else "")
    cells.append(f"{statistics.median(one['training'] for one in found):.0f}")
    return f"| {' | '.join([*cells, min(words, key=len, default='')])} |"


def main(folder: Path, model: str = "rnn", seeds: str = "10", *tasks: str) -> None:
    """Trains and tries what is missing, then prints the table."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(1, int(seeds) + 1):
        for task in tasks or UNITS:
            tried(task, model, seed, folder)
    print(
        "| task | model | units | proven | by | smallest margin | seconds | training | a shortest word that is wrong |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for task in UNITS:
        for kind in ("rnn", "gru", "lstm"):
            found = [json.loads(path.read_text()) for path in sorted(folder.glob(f"{task}-{kind}-*.json"))]
            if found:
                print(row(task, kind, found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
