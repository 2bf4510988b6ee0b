"""Text that a trained model writes, character by character as it comes.

python -m rnnlab.sample RUN prompt="good" length=200 temperature=0.8 top_k=10 top_p=0.9 n=3 seed=1
python -m rnnlab.sample RUN prompt="good" beam=5

prompt=TEXT        what it goes on from (a line break); prompt_file=FILE reads it from a file
length=200         characters to write
temperature=1      below 1 bolder in what is likely, above 1 wilder, 0 always the likeliest
top_k=K top_p=P    only the K likeliest; only the likeliest that make up the share P
n=1                texts, written together; the first one is what n=1 writes (from n=16 on, but for rounding)
seed=1             the same seed writes the same text
beam=W             instead of drawing: the likeliest text that keeping the W best beginnings finds
unknown=refuse     characters that the model never saw: refuse them, or skip them
trust=[PACKAGE]    packages whose classes a checkpoint may name
"""

import sys

from rnnlab.cli.arguments import Options, options
from rnnlab.cli.guard import command_line
from rnnlab.cli.terminal import write
from rnnlab.inference.bounds import LENGTH, SEED, TEMPERATURE, TEXTS, TOP_K, TOP_P, WIDTH

DRAWN = ("temperature", "top_k", "top_p", "n", "seed")
KEYS = ("prompt", "prompt_file", "length", *DRAWN, "beam", "unknown")

LONGEST = 1 << 24
"""Bytes of a prompt in a file: far more than any state remembers."""


@command_line(__doc__)
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-sample`."""
    given = options(arguments, KEYS)
    length, temperature = given.number("length", 200, LENGTH), given.number("temperature", 1.0, TEMPERATURE)
    top_k, top_p = given.number("top_k", None, TOP_K), given.number("top_p", None, TOP_P)
    count, seed = given.number("n", 1, TEXTS), given.number("seed", 1, SEED)
    width = given.number("beam", None, WIDTH)
    skip = given.choice("unknown", "refuse", "skip") == "skip"
    for key in DRAWN:
        given.apart(key, "beam", "a beam search draws nothing")
    text = prompt(given)

    from rnnlab.inference import decode, writing  # imports torch
    from rnnlab.inference.load import ready

    loaded = ready(given.run, given.listed("trust"))
    task = writing.text_of(loaded)
    if skip:
        text = "".join(character for character in text if character in task.vocab.ids)
    inputs = writing.begun(task, text)
    write(text)
    if width is not None:
        texts, _ = decode.beam(loaded.network, inputs, length, width)
        write(task.vocab.decode(texts[0]))
    else:
        symbols = writing.drawn(loaded.network, inputs, length, count, temperature, top_k, top_p, seed)
        if count == 1:
            for symbol in symbols:
                write(task.vocab.decode(symbol))
        else:
            import torch

            rows = torch.stack(list(symbols), 1)
            write(("\n" + "-" * 40 + "\n" + text).join(task.vocab.decode(row) for row in rows))
    print()
    return 0


def prompt(given: Options) -> str:
    """What is gone on from: the text typed, or that of a file."""
    given.apart("prompt_file", "prompt")
    if "prompt_file" in given.values:
        return given.text("prompt_file", LONGEST)
    return given.values.get("prompt", "")


if __name__ == "__main__":
    sys.exit(main())
