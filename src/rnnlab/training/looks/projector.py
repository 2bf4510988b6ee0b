"""PROJECTOR: the hidden states of the probe, labelled with what the network ought to know."""

from itertools import chain

import torch

from rnnlab import files
from rnnlab.batch import IGNORE
from rnnlab.errors import shows
from rnnlab.inspection.whole import inside
from rnnlab.training.looks.seen import Seen

FOLDER, CONFIG = "projector", "projector_config.pbtxt"
LABELS = "labels.tsv"

POINTS = 1000
"""At most."""


def projector(seen: Seen) -> None:
    """The points of the newest check: a file of numbers for each layer, one of labels, and one that names them all."""
    batch = seen.rows()
    labels = {"reads": [[shown(text) for text in seen.reads(row)] for row in batch.inputs.cpu()]}
    labels |= {"step": [[str(step + 1) for step in range(batch.inputs.shape[1])] for _ in batch.inputs]}
    for name, values in seen.task.quantities(type(batch)(*(part.cpu() for part in batch))).items():
        labels[name] = [["" if one == IGNORE else str(one) for one in row] for row in values.tolist()]
    rows = [list(texts) for texts in zip(*map(chain.from_iterable, labels.values()), strict=True)][:POINTS]
    write(seen, LABELS, [list(labels), *rows])
    entries = []
    for at, found in enumerate(inside(seen.network, batch.inputs)):
        points = found["hidden"] if "hidden" in found else torch.cat(list(found.values()), 2)
        name = f"layer{at + 1}.tsv"
        write(seen, name, [[f"{one:.5g}" for one in row] for row in points.flatten(0, 1)[:POINTS].tolist()])
        fields = {"tensor_name": f"hidden state of layer {at + 1}", "tensor_path": f"{FOLDER}/{name}"}
        fields |= {"metadata_path": f"{FOLDER}/{LABELS}"}
        entries.append("embeddings {\n" + "".join(f'  {key}: "{value}"\n' for key, value in fields.items()) + "}\n")
    files.write(seen.board.run / CONFIG, "".join(entries), within=seen.board.run)


def write(seen: Seen, name: str, rows: list[list[str]]) -> None:
    """A table, its columns divided by tabs, in the run's folder."""
    text = "".join("\t".join(row) + "\n" for row in rows)
    files.write(seen.board.run / FOLDER / name, text, within=seen.board.run)


def shown(text: str) -> str:
    """A symbol that neither ends a line nor a column."""
    return {"\n": "newline", "\t": "tab", " ": "blank"}.get(text, shows(text))
