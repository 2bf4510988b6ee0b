"""TEXT: what a text model writes, and what others get right and wrong."""

import torch

from rnnlab.batch import IGNORE
from rnnlab.errors import shows
from rnnlab.inference.writing import drawn
from rnnlab.tasks.task import Text, is_text
from rnnlab.training.looks.seen import Seen

PROMPT, WRITTEN = 16, 120
"""Characters that are given, and that are written on."""

MOST = 5
"""Examples of each kind."""


def answers(seen: Seen) -> None:
    """Of a text a sample, begun as held-out text begins and drawn with the same numbers in every check; of other tasks
    some answers that are right and some that are wrong.
    """
    seen.board.log_texts(_written(seen, seen.task) if is_text(seen.task) else _answered(seen), seen.step)


def _written(seen: Seen, task: Text) -> dict[str, str]:
    prompt = seen.probe.inputs[:1, :PROMPT]
    symbols = torch.cat([prompt[0], *drawn(seen.network, prompt, WRITTEN)])
    text = task.vocab.decode(symbols)
    return {"answers/text": _plain(f"{text[: prompt.shape[1]]}|{text[prompt.shape[1] :]}")}


def _answered(seen: Seen) -> dict[str, str]:
    said = seen.network(seen.probe.inputs)[0].argmax(2)
    asked = seen.probe.asked()
    right = ((said == seen.probe.targets) | ~asked).all(1)
    inputs, targets, said = (part.cpu() for part in (seen.probe.inputs, seen.probe.targets, said))
    texts = {}
    for name, which in (("right", right), ("wrong", ~right)):
        lines = []
        for row in which.nonzero()[:MOST, 0].tolist():
            answer = torch.where(targets[row] == IGNORE, IGNORE, said[row])
            line = seen.task.show(inputs[row], answer)
            true = seen.task.show(inputs[row], targets[row])
            lines.append(line if name == "right" else f"{line}   right: {true}")
        texts[f"answers/{name}"] = _plain("\n".join([f"{int(which.sum())} of {len(which)}", *lines]))
    return texts


def _plain(text: str) -> str:
    """Markdown that shows the text as it is."""
    return "\n".join(f"    {line}" for line in shows(text).split("\n"))
