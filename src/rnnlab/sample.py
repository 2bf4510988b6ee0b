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
from collections.abc import Sequence
from pathlib import Path

from rnnlab import files
from rnnlab.cli.arguments import Options, options, wants_help
from rnnlab.cli.guard import guarded
from rnnlab.display import shows
from rnnlab.errors import InputError
from rnnlab.inference.bounds import LENGTH, SEED, TEMPERATURE, TEXTS, TOP_K, TOP_P, WIDTH

DRAWN = ("temperature", "top_k", "top_p", "n", "seed")
KEYS = ("prompt", "prompt_file", "length", *DRAWN, "beam", "unknown")


LONGEST = 1 << 24
"""Bytes of a prompt in a file: far more than any state remembers."""


def command(arguments: list[str]) -> int:
    """The command line."""
    if wants_help(arguments, __doc__):
        return 0
    given = options(arguments, KEYS)
    length, temperature = given.number("length", 200, LENGTH), given.number("temperature", 1.0, TEMPERATURE)
    top_k, top_p = given.number("top_k", None, TOP_K), given.number("top_p", None, TOP_P)
    count, seed = given.number("n", 1, TEXTS), given.number("seed", 1, SEED)
    width = given.number("beam", None, WIDTH)
    skip = given.choice("unknown", "refuse", "skip") == "skip"
    for key in DRAWN if width is not None else ():
        if key in given.values:
            raise InputError("cannot be combined with beam", "a beam search draws nothing", key, given.values[key])
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
    name = given.values.get("prompt_file")
    if name is None:
        return given.values.get("prompt", "")
    if "prompt" in given.values:
        raise InputError("cannot be combined", "prompt= or prompt_file=", "prompt_file", name)
    try:
        return files.read_text(Path(name), LONGEST, typed=True)
    except OSError as error:
        raise InputError(f"cannot be read, {error.strerror}", "a text file", "prompt_file", name) from None


def write(text: str) -> None:
    """Writes text at once, its control characters escaped on a terminal."""
    sys.stdout.write(shows(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab-sample`."""
    return guarded(command, arguments)


if __name__ == "__main__":
    sys.exit(main())
