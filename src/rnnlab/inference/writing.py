"""Text that a trained network writes: what it goes on from, and the symbols that follow."""

from collections.abc import Iterator
from itertools import islice

from torch import Tensor

from rnnlab.data.seeds import generator_for
from rnnlab.errors import InputError
from rnnlab.inference import decode
from rnnlab.inference.load import Loaded
from rnnlab.network import Network
from rnnlab.tasks.task import Text, is_text


def text_of(loaded: Loaded) -> Text:
    """The task of a network that writes text. Raises InputError for any other."""
    if not is_text(loaded.task):
        raise InputError("writes no text", "python -m rnnlab.predict RUN", "run", loaded.path)
    return loaded.task


def begun(task: Text, text: str) -> Tensor:
    """(1, P) symbols of what is gone on from: a text, or where it is empty a line break (or the first symbol)."""
    known = task.vocab.symbols
    return task.vocab.encode(text or ("\n" if "\n" in known else known[0])).unsqueeze(0)


def drawn(
    network: Network,
    prompt: Tensor,
    length: int,
    texts: int = 1,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 1,
) -> Iterator[Tensor]:
    """`length` symbols that follow a (1, P) prompt, one step after another, each (texts,); see `decode.sampler`.

    The same seed draws the same, and the first of many texts is the one that is drawn alone.
    """
    generators = [generator_for(seed, "sample", row) for row in range(texts)]
    sampled = decode.sampler(generators, temperature, top_k, top_p)

    def choose(logits: Tensor) -> Tensor:  # on the CPU, where the generators are
        return sampled(logits.cpu()).to(logits.device)

    return islice(decode.stream(network, prompt.expand(texts, -1), choose), length)
