"""Scores of a trained model, from the directory of its run or a checkpoint alone.

python -m rnnlab.evaluate RUN                     training, validation and test
python -m rnnlab.evaluate RUN input=FILE          a csv of digit sums, or a text
python -m rnnlab.evaluate RUN lengths=[2,4,8,16]  by length, on random and on adversarial examples

unknown=refuse     of a text: characters that the model never saw: refuse them, or skip them and count them
json=true          JSON instead of a table
out=FOLDER         where evaluation.json, lengths.csv and lengths.png go (the run's directory)
count=1000         random examples of each length
seed=0             what they are drawn from
beyond=N           lengths above N count as beyond training (the longest training length)
trust=[PACKAGE]    packages whose classes a checkpoint may name
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rnnlab.cli.arguments import Options, options, write
from rnnlab.cli.guard import command_line
from rnnlab.inference.bounds import BEYOND, COUNT, SEED, check_file

KEYS = ("input", "unknown", "lengths", "json", "out", "count", "seed", "beyond")


@command_line(__doc__)
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-evaluate`."""
    given = options(arguments, KEYS)
    by_length = "lengths" in given.values
    given.apart("input", "lengths")
    for key in ("count", "seed", "beyond"):
        given.belongs(key, "lengths", "[...]")
    if "input" in given.values:
        check_file(given.values["input"])
    unknown: Any = given.choice("unknown", "refuse", "skip")
    given.belongs("unknown", "input", "FILE")
    given.choice("json", "false", "true")
    folder = given.folder()
    if by_length:
        measure(given, folder)
        return 0
    from rnnlab.inference import score  # imports torch, as all of loading does
    from rnnlab.inference.load import ready

    loaded = ready(given.run, given.listed("trust"))
    if "input" in given.values:
        scores = {given.values["input"]: score.score_file(loaded, given.values["input"], unknown)}
    else:
        scores = score.score_splits(loaded)
        if folder:
            write(folder, {"evaluation.json": json.dumps(scores, indent=2) + "\n"})
    names = list(next(iter(scores.values())))
    show(given, scores, ["split", *names], [[split, *row.values()] for split, row in scores.items()])
    return 0


def measure(given: Options, folder: Path | None) -> None:
    """Exact match and accuracy by length."""
    lengths = given.lengths("lengths")
    count, seed = given.number("count", 1000, COUNT), given.number("seed", 0, SEED)
    longest = given.number("beyond", None, BEYOND)

    from rnnlab.inference import by_length
    from rnnlab.inference.load import ready
    from rnnlab.inference.picture import picture
    from rnnlab.inference.score import trained_lengths

    loaded = ready(given.run, given.listed("trust"))
    measured = by_length.by_length(loaded.network, loaded.task, lengths, count, seed)
    trained = trained_lengths(loaded) if longest is None else []  # where they are not known, a person says longest
    longest = max(trained) if longest is None else longest
    contents: dict[str, bytes | str] = {"lengths.csv": by_length.table(measured)}
    if find_spec("matplotlib"):
        contents["lengths.png"] = picture(measured, trained)
    if folder:
        write(folder, contents)
    figures = by_length.beyond(measured, longest)
    rows = [[*one[:3], _share(one.row(), "exact_match"), _share(one.row(), "accuracy")] for one in measured]
    beyond: dict[str, float] = {"longest": longest, **figures}
    columns = ["length", "inputs", "rows", "exact match (95 %)", "accuracy (95 %)"]
    show(given, {"lengths": [one.row() for one in measured], "beyond": beyond}, columns, rows)
    if given.choice("json", "false", "true") == "false":
        parts = ", ".join(f"{name} {figure:.4f}" for name, figure in figures.items())
        print(f"exact match over all lengths beyond {longest}: {parts or 'no such length'}")
        if folder and not find_spec("matplotlib"):
            print("no picture: it needs pip install 'rnnlab[report]'")


def _share(row: dict[str, Any], name: str) -> str:
    """A share with its interval, in twenty columns, so that a line of the table has eighty."""
    return f"{row[name]:.4f} ({row[f'{name}_low']:.3f}-{row[f'{name}_high']:.3f})"


def show(given: Options, scores: object, columns: list[str], rows: list[list[Any]]) -> None:
    """A table, or JSON where that is asked for."""
    if given.choice("json", "false", "true") == "true":
        print(json.dumps(scores, indent=2))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(*(name.replace("_", " ") for name in columns), box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    for row in rows:
        table.add_row(
            *(
                f"{cell:.4f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell
                for cell in row
            )
        )
    console = Console()
    (console if console.is_terminal else Console(width=120)).print(table, highlight=False, markup=False)


if __name__ == "__main__":
    sys.exit(main())
