"""A trained model for use elsewhere: ONNX of one step, and the weights in safetensors.

python -m rnnlab.export RUN            writes model.onnx and model.safetensors into RUN/export

out=FOLDER         where to write them
trust=[PACKAGE]    packages whose classes a checkpoint may name

One step of model.onnx: input (B,) symbol ids or (B, F) features and state_0 (and state_1 of an LSTM), each
(layers, B, H), zeros at the start -> logits (B, V) and next_state_0 (next_state_1), for any B. Its metadata hold the
task, the vocabulary and the settings; examples/decode_onnx.py asks it with onnxruntime and numpy alone.
"""

import sys
from collections.abc import Sequence

from rnnlab import files
from rnnlab.cli.arguments import needs, options, wants_help
from rnnlab.cli.guard import guarded
from rnnlab.errors import InputError


def command(arguments: list[str]) -> int:
    """The command line."""
    if wants_help(arguments, __doc__):
        return 0
    given = options(arguments, ("out",))
    folder = given.folder()
    if folder is None:
        raise InputError("no run directory to write into", "add out=FOLDER", "run", given.run)
    for package in ("onnx", "onnxscript", "onnxruntime", "safetensors"):
        needs(package, "export")

    from rnnlab.inference import onnx  # imports torch
    from rnnlab.inference.load import ready

    loaded = ready(given.run, given.listed("trust"))
    model = onnx.to_onnx(loaded)
    difference = onnx.check(loaded, model)
    within, folder = (None, folder) if "out" in given.values else (folder, folder / "export")
    contents = {folder / "model.safetensors": onnx.to_safetensors(loaded), folder / "model.onnx": model}
    try:
        if within is None:
            folder.mkdir(exist_ok=True)
        for path, content in contents.items():
            files.write(path, content, within)
    except OSError as error:
        raise InputError(f"cannot be written, {error.strerror}", "a writable folder", "out", folder) from None
    print("\n".join(map(str, contents)))
    print(f"onnxruntime and torch differ by at most {difference:.1e} in any logit of the examples read by both")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `rnnlab-export`."""
    return guarded(command, arguments)


if __name__ == "__main__":
    sys.exit(main())
