"""Whether a trained network is right on inputs of every length: a proof, or a word that it gets wrong.

python -m rnnlab.prove RUN                    looks for a proof
python -m rnnlab.prove verify CERTIFICATE RUN checks one that was found

RUN is the folder of a run, or one of its checkpoints, of a task that is a finite machine: docs/proven.md. Writes the
folder `proof` in the run: proof.json, automaton.svg and .png with the automaton that the network has become, and of a
proof certificate.json, and boxes.svg and .png with its sets.

seconds=60         for how long a proof is looked for
out=FOLDER         where to write instead
seed=0             what words are drawn from
trust=[PACKAGE]    packages whose classes a checkpoint may name
"""

import json
import sys
import time
from typing import Annotated, Any

from rnnlab.cli.arguments import Options, options, write
from rnnlab.cli.guard import command_line
from rnnlab.errors import Bounds, InputError, shown
from rnnlab.inference.bounds import SEED
from rnnlab.runs.interrupt import Interrupted, stoppable

KEYS = ("out", "seconds", "seed")

SECONDS = Annotated[float, Bounds(0, 1_000_000)]

LARGEST = 1 << 28
"""Bytes of a certificate."""

NEITHER = 1
"""The exit code where nothing is proven."""


@command_line(__doc__)
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-prove`."""
    return verify(arguments[1:]) if arguments[0] == "verify" else prove(options(arguments, KEYS))


def prove(given: Options) -> int:
    """Looks for a proof, and writes down what is found."""
    place = given.place("proof")
    seconds, seed = given.number("seconds", 60, SECONDS), given.number("seed", 0, SEED)

    from rnnlab.inference.load import ready  # imports torch
    from rnnlab.proof.attempt import Proven, attempt
    from rnnlab.proof.automaton import extract
    from rnnlab.proof.picture import picture
    from rnnlab.proof.telling import became, finite, plainly, told

    loaded = ready(given.run, given.listed("trust"))
    machine = finite(loaded.task.machine(), given.run)
    gaps: dict[str, Any] = {}

    def say(name: str, gap: Any) -> None:
        gaps[name] = gap._asdict()
        print(f"{name}: {gap.why}, margin {gap.margin:.3g}", file=sys.stderr, flush=True)

    def written(content: dict[str, Any]) -> dict[str, str | bytes]:
        return {"proof.json": json.dumps(content | {"gaps": gaps}, indent=1) + "\n"}

    automaton = extract(loaded.network, machine, seed)
    drawing = picture(automaton, machine, loaded.task.label)
    write(place[0], {"automaton.svg": drawing.svg(), "automaton.png": drawing.png()}, place[1])
    try:
        with stoppable():
            found = attempt(loaded.network, machine, seconds, say, seed)
    except Interrupted:
        write(place[0], written({"verdict": "stopped"}), place[1])
        raise
    contents, proven = written(plainly(found)), isinstance(found, Proven)
    if isinstance(found, Proven):
        drawing = picture(automaton, machine, loaded.task.label, found.sets)
        contents |= {"certificate.json": found.text, "boxes.svg": drawing.svg(), "boxes.png": drawing.png()}
    write(place[0], contents, place[1])
    print("\n".join([*told(found, machine, loaded.task.label), became(automaton, machine)]))
    if proven:
        words = [shown(path, 1000) for path in (place[0] / "certificate.json", given.run)]
        print(f"next:\n  python -m rnnlab prove verify {' '.join(words)}")
    return 0 if proven else NEITHER


def verify(arguments: list[str]) -> int:
    """Checks a certificate."""
    if len(arguments) < 2:
        raise InputError("too few words", "verify CERTIFICATE RUN")
    given = options(arguments[1:], ())
    text = Options(given.run, [], {"certificate": arguments[0]}).text("certificate", LARGEST)

    from rnnlab.inference.load import load
    from rnnlab.proof.telling import described, finite
    from rnnlab.proof.verify import verify

    loaded = load(given.run, given.listed("trust"))
    begun = time.perf_counter()
    checked = verify(text, loaded.network, finite(loaded.task.machine(), given.run))
    took = time.perf_counter() - begun
    print(f"PROVEN for every length: {described(checked)}, checked in {took:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
