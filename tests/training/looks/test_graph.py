"""The graph of one step, as TensorBoard reads it."""

from tensorboard.compat.proto.graph_pb2 import GraphDef

from rnnlab.training.looks.graph import graph


def test_the_operations_of_a_cell_are_there_and_none_twice(seen, found, capsys):
    look = seen("task=digitsum", "model=lstm", layers=1)
    graph(look)
    assert capsys.readouterr() == ("", "")
    drawn = GraphDef.FromString(found()._graph)
    kinds = [node.op for node in drawn.node]
    assert (kinds.count("aten::sigmoid"), kinds.count("aten::tanh")) == (3, 2)  # three gates; candidate and cell
    assert len({node.name for node in drawn.node}) == len(drawn.node)


def test_it_is_drawn_in_the_first_check_only(seen, tmp_path):
    graph(seen("task=digitsum", "model=lstm")._replace(first=False))
    assert list(tmp_path.iterdir()) == []
