"""Whether a proof can be looked for, and what was found, in words and as plain values."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rnnlab.errors import InputError, shown
from rnnlab.proof.attempt import Outcome, Proven, Wrong
from rnnlab.proof.automaton import Automaton
from rnnlab.proof.mistakes import Word
from rnnlab.proof.verify import Checked
from rnnlab.tasks.machine import Machine

WIDE = 1000
"""Characters of a word, at most."""


def finite(machine: Machine | None, run: Path) -> Machine:
    """The machine of a run's task; raises InputError where there is none."""
    if machine is None:
        raise InputError("its task is no finite machine", "a task that is: docs/proven.md", "run", run)
    return machine


def plainly(found: Outcome) -> dict[str, Any]:
    """For the file proof.json."""
    if isinstance(found, Proven):
        kept = {"verdict": "proven", "how": found.how, "boxes": found.checked.boxes, "margin": found.checked.margin}
    elif isinstance(found, Wrong):
        kept = {"verdict": "wrong", "word": found.word, "said": found.said, "right": found.right}
    else:
        kept = {"verdict": "open"}
    return kept | {"seconds": round(found.seconds, 3)}


def told(found: Outcome, machine: Machine, label: Callable[[int], str]) -> list[str]:
    """For a person, a few lines. label: of a class."""
    if isinstance(found, Proven):
        return [f"PROVEN for every length: {found.how}, {described(found.checked)}, {found.seconds:.1f} s"]
    if isinstance(found, Wrong):
        first = f"COUNTEREXAMPLE of length {len(found.word)}: {spelled(found.word, machine)}"
        return [first, f"it says {label(found.said)}, right is {label(found.right)}"]
    lines = [f"NEITHER proven nor wrong on any word that was tried, {found.seconds:.1f} s"]
    if found.gaps:
        name, gap = max(found.gaps.items(), key=lambda item: item[1].margin)
        lines.append(f"nearest to a proof: {name}, {gap.why}, margin {gap.margin:.3g}")
        lines += [f"there after {spelled(gap.word, machine)}"] if gap.word else []
    return lines


def became(found: Automaton, machine: Machine) -> str:
    """What automaton a network has become, in a line."""
    head = f"an automaton of {len(found.machine.names)} states, as the network on {100 * found.faithful:.4g} % of words"
    if found.difference is None:
        return f"{head}: the task's own"
    return f"{head}: not the task's, for example on {spelled(found.difference, machine)}"


def described(checked: Checked) -> str:
    """How much was proven."""
    return f"{checked.boxes:,} boxes, smallest margin {checked.margin:.4g}"


def spelled(word: Word, machine: Machine) -> str:
    """What the network is given at each step: ids, or features on end."""
    steps = [machine.inputs[symbol] for symbol in word]
    return shown(" ".join("".join(f"{x:g}" for x in s) if isinstance(s, tuple) else str(s) for s in steps), WIDE)
