"""What goes on in a trained network while it reads: a page to look at, pictures, and the numbers.

python -m rnnlab.inspect RUN            examples of the task
python -m rnnlab.inspect RUN 9+60       an input as it is typed for predict, or any text of a text model
python -m rnnlab.inspect RUN input_file=FILE

RUN is the folder of a run or one of its checkpoints, or a folder of runs, as of a sweep: then each that is done is
looked at in turn. Writes the folder `inspect` in the run: page.html, which needs nothing besides itself, a PNG for each
gate and state of each layer, forgetting.png on how far back it learns, and inspect.json.

against=RUN2       a second run or checkpoint beside the first, on the same input
input_file=FILE    a long input; above 5,000 symbols the first ones are shown
out=FOLDER         where to write instead
seed=0             what the examples are drawn from
study=true         also measure what it knows, uses and how it moves, into inspect.json (minutes); rnnlab.report shows
                   it over seeds
trust=[PACKAGE]    packages whose classes a checkpoint may name
An input that looks like key=value goes after --
"""

import json
import os
import shlex
import sys
import time
from pathlib import Path

from rnnlab.cli.arguments import Options, options, write
from rnnlab.cli.guard import command_line
from rnnlab.errors import InputError, shown, warn
from rnnlab.inference.bounds import SEED, done_in

KEYS = ("against", "input_file", "out", "seed", "study")

LONGEST = 1 << 24
"""Bytes of an input in a file."""


@command_line(__doc__)
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-inspect`."""
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
    folder, within = given.place("inspect")
    seed = given.number("seed", 0, SEED)
    typed, measured = given.typed("input_file", LONGEST), given.choice("study", "false", "true") == "true"
    against = given.there("against")

    from rnnlab.inference.load import kept, load, ready  # imports torch
    from rnnlab.inspection import growth, study, summary

    trust = given.listed("trust")
    loaded = [ready(given.run, trust), *([load(against, trust)] if against is not None else [])]
    batches = [summary.asked(one, typed, seed) for one in loaded]
    summary.check_same(loaded, batches)  # before the minutes that follow
    run, measure = given.run if os.path.isdir(given.run) else None, None
    studies = [study.study(one, seed=seed, told=say) for one in loaded] if measured else []
    if studies and run and len(kept(run)) > 1:
        measure = growth.measuring(loaded[0], studies[0], len(kept(run)), seed, say)
    found = summary.look(loaded, batches, run, measure)
    for numbers, each in zip(found.numbers["runs"], studies, strict=False):
        numbers["study"] = each
    pictures = study.pictures(loaded[0], studies[0], seed) if studies else {}
    contents: dict[str, bytes | str] = {"page.html": found.page, **found.pictures, **pictures}
    contents["inspect.json"] = json.dumps(found.numbers, indent=1) + "\n"
    write(folder, contents, within)
    for note in found.notes:
        print(note)
    print(f"open {shown(folder / 'page.html', 1000)}", flush=True)


def say(line: str) -> None:
    """A line that is seen at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
