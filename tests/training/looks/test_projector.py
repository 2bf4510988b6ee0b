"""The files that TensorBoard's projector reads."""

import re

from rnnlab.batch import IGNORE
from rnnlab.inspection.whole import walk
from rnnlab.training.looks.projector import projector


def test_every_point_is_a_state_and_has_the_label_of_its_step(seen, tmp_path):
    look = seen("task=digitsum", "model=lstm")
    projector(look)
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert re.findall('tensor_name: "(.*)"', config) == ["hidden state of layer 1", "hidden state of layer 2"]
    paths = re.findall('tensor_path: "(.*)"', config)
    header, *labels = [line.split("\t") for line in (tmp_path / "projector/labels.tsv").read_text().splitlines()]
    assert header == ["reads", "step", "running sum", "last digit"]
    batch = look.rows()
    states = walk(look.network, batch.inputs)[1]  # h of both layers, then c of both
    sums = look.task.quantities(batch)["running sum"]
    rows, steps = batch.targets.shape
    for layer, path in enumerate(paths):
        points = [[float(one) for one in line.split("\t")] for line in (tmp_path / path).read_text().splitlines()]
        assert len(points) == len(labels) == rows * steps
        for place in (0, 3, steps, rows * steps - 1):
            row, step = divmod(place, steps)
            assert max(abs(a - b) for a, b in zip(points[place], states[row, step, 5 * layer :], strict=False)) < 1e-4
            total = int(sums[row, step])
            wanted = ["" if total == IGNORE else str(total), "" if total == IGNORE else str(total % 10)]
            assert labels[place] == [look.reads(batch.inputs[row])[step], str(step + 1), *wanted]


def test_symbols_that_end_lines_or_columns_do_not(seen, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").write_text("a\tb\nc d\x1b" * 200)
    projector(seen("task=chartext", "task.path=text", "model=rnn", "data.batch_size=4", "data.window=20"))
    lines = (tmp_path / "projector/labels.tsv").read_text().split("\n")[:-1]
    assert len({line.count("\t") for line in lines}) == 1
    assert {line.split("\t")[0] for line in lines[1:]} == {"a", "b", "c", "d", "newline", "tab", "blank", "\\x1b"}
