"""A trained model for use elsewhere: ONNX of one step, and the weights in safetensors.

python -m rnnlab.export RUN            writes model.onnx and model.safetensors into RUN/export

out=FOLDER         where to write them
trust=[PACKAGE]    packages whose classes a checkpoint may name

One step of model.onnx: input (B,) symbol ids or (B, F) features and state_0 (and state_1 of an LSTM), each
(layers, B, H), zeros at the start -> logits (B, V) and next_state_0 (next_state_1), for any B. Its metadata hold the
task, the vocabulary and the settings; examples/decode_onnx.py asks it with onnxruntime and numpy alone.
"""

import sys

from rnnlab.cli.arguments import needs, options, write
from rnnlab.cli.guard import command_line


@command_line(__doc__)
def main(arguments: list[str]) -> int:
    """The console script `rnnlab-export`."""
    given = options(arguments, ("out",))
    folder, within = given.place("export")
    for package in ("onnx", "onnxscript", "onnxruntime", "safetensors"):
        needs(package, "export")

    from rnnlab.inference import onnx  # imports torch
    from rnnlab.inference.load import ready

    loaded = ready(given.run, given.listed("trust"))
    model = onnx.to_onnx(loaded)
    difference = onnx.check(loaded, model)
    contents = {"model.safetensors": onnx.to_safetensors(loaded), "model.onnx": model}
    write(folder, contents, within)
    print("\n".join(str(folder / name) for name in contents))
    print(f"onnxruntime and torch differ by at most {difference:.1e} in any logit of the examples read by both")
    return 0


if __name__ == "__main__":
    sys.exit(main())
