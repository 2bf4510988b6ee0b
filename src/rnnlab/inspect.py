"""What goes on in a trained network while it reads: a page to look at, pictures, and the numbers.

python -m rnnlab.inspect RUN            examples of the task
python -m rnnlab.inspect RUN 9+60       an input as it is typed for predict, or any text of a text model
python -m rnnlab.inspect RUN input_file=FILE

RUN is the folder of a run or one of its checkpoints, or a folder of runs, as of a sweep: then each that is done is
looked at in turn. Writes the folder `inspect` in the run: page.html, which needs nothing besides itself, a PNG for each
gate and state of each layer, and inspect.json.

against=RUN2       a second run or checkpoint beside the first, on the same input
input_file=FILE    a long input; above 5,000 symbols the first ones are shown
out=FOLDER         where to write instead
seed=0             what the examples are drawn from
study=true         also measure what it knows, uses and how it moves, into inspect.json (minutes); rnnlab.report shows
                   it over seeds
trust=[PACKAGE]    packages whose classes a checkpoint may name
An input that looks like key=value goes after --
"""

import contextlib
import json
import os
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rnnlab import files
from rnnlab.cli.arguments import Options, options, wants_help
from rnnlab.cli.guard import guarded
from rnnlab.errors import InputError, shown, warn
from rnnlab.inference.bounds import SEED

KEYS = ("against", "input_file", "out", "seed", "study")

LONGEST = 1 << 24
"""Bytes of an input in a file."""


def command(arguments: list[str]) -> int:
    """The command line."""
    if wants_help(arguments, __doc__):
        return 0
    given = options(arguments, KEYS, words=True)
    runs = done_in(given.run)
    if not runs:
        look(given)
    elif "out" in given.values:
        raise InputError(
            "cannot be combined with a folder of runs", "each has its own folder", "out", given.values["out"]
        )
    else:
        look_at_all(given, runs)
    return 0


def done_in(folder: Path) -> list[Path]:
    """The runs in a folder that are done and have a checkpoint, by name; of a run, or a checkpoint, none."""
    found: list[Path] = []
    if not os.access(folder, os.R_OK | os.X_OK) or not os.path.isdir(folder) or os.path.lexists(folder / "run.json"):
        return found
    for path in sorted(folder.iterdir()):
        with contextlib.suppress(OSError):
            record = files.read_json(path / "run.json", within=folder)
            if record.get("status") == "done" and os.path.lexists(path / "checkpoints" / "best.ckpt"):
                found.append(path)
    return found


def look_at_all(given: Options, runs: list[Path]) -> None:
    """Looks at run after run, and says how long that will take; one that cannot be read is left out, in one line.

    Raises:
        InputError: where none of them can be looked at.
    """
    began, refused = time.monotonic(), list[tuple[Path, InputError]]()
    for number, run in enumerate(runs, 1):
        try:
            look(given._replace(run=run))
        except InputError as error:
            refused.append((run, error))
        left = (time.monotonic() - began) / number * (len(runs) - number)
        print(f"runs: {number} of {len(runs)}, about {left:.0f} s left  ({shown(run.name)})", flush=True)
    if len(refused) == len(runs):
        raise refused[0][1]
    for run, why in refused:
        warn(f"{run.name} is left out: {why}")
    print(f"together: python -m rnnlab.report {shlex.quote(shown(given.run, 1000))}")


def look(given: Options) -> None:
    """Looks at one run, or at two beside each other."""
    folder = place(given)
    seed = given.number("seed", 0, SEED)
    typed, measured = question(given), given.choice("study", "false", "true") == "true"
    against = given.values.get("against")
    if against is not None and not os.path.exists(against):
        raise InputError("no run there", "the folder of a run, or a checkpoint", "against", against)

    from rnnlab.inference.load import load, ready  # imports torch
    from rnnlab.inspection import study, summary

    trust = given.listed("trust")
    loaded = [ready(given.run, trust), *([load(against, trust)] if against is not None else [])]
    batches = [summary.asked(one, typed, seed) for one in loaded]
    found = summary.look(loaded, batches, checkpoints=given.run if os.path.isdir(given.run) else None)
    for one, numbers in zip(loaded, found.numbers["runs"], strict=True) if measured else ():
        numbers["study"] = study.study(one, seed=seed, told=say)
    write(folder, "page.html", found.page)
    write(folder, "inspect.json", json.dumps(found.numbers, indent=1) + "\n")
    for name, picture in found.pictures.items():
        write(folder, name, picture)
    for note in found.notes:
        print(note)
    print(f"open {shown(folder / 'page.html', 1000)}", flush=True)


def say(line: str) -> None:
    """A line that is seen at once."""
    print(line, flush=True)


def place(given: Options) -> Path:
    """The folder to write to: `inspect` in the run, or `out`."""
    folder = given.folder()
    if folder is None:
        raise InputError("no run beside this checkpoint to write to", "add out=FOLDER", "run", given.run)
    return folder if "out" in given.values else folder / "inspect"


def question(given: Options) -> str | None:
    """The input that was typed, or that of a file; None for examples of the task."""
    if len(given.words) > 1:
        raise InputError("one word too many", "one run and one input, in quotes", "argument", given.words[1])
    name = given.values.get("input_file")
    if name is None:
        return given.words[0] if given.words else None
    if given.words:
        raise InputError("cannot be combined", "an input or input_file=", "input_file", name)
    try:
        return files.read_text(Path(name), LONGEST, typed=True)
    except OSError as error:
        raise InputError(f"cannot be read, {error.strerror}", "a text file", "input_file", name) from None


def write(folder: Path, name: str, content: bytes | str) -> None:
    """Writes a file of the folder, which is made where there is none."""
    try:
        files.write(folder / name, content, within=folder.parent)
    except OSError as error:
        raise InputError(f"{name} cannot be written, {error.strerror}", "a writable folder", "out", folder) from None


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab-inspect`."""
    return guarded(command, arguments)


if __name__ == "__main__":
    sys.exit(main())
