"""Event files as TensorBoard's own reader finds them."""

import pytest
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

from rnnlab.training import event_files


def scalar(step, tag="loss/train"):
    return Event(step=step, summary=Summary(value=[Summary.Value(tag=tag, simple_value=step / 2)]))


def steps(path):
    """Step and tag of every scalar that TensorBoard reads in a file."""
    events = [Event.FromString(raw) for raw in RawEventFileLoader(str(path)).Load()]
    return [(event.step, value.tag) for event in events for value in event.summary.value]


@pytest.fixture
def path(tmp_path):
    """An event file of three steps and the summary of the end of training."""
    path = event_files.new(tmp_path)
    event_files.add(path, Event(file_version="brain.Event:2"))
    for step in (1, 2, 3):
        event_files.add(path, scalar(step))
    event_files.add(path, scalar(0, "final/loss/test"), scalar(0, "_hparams_/session_end_info"))
    return path


def test_tensorboard_reads_what_was_added(path):
    ends = [(0, "final/loss/test"), (0, "_hparams_/session_end_info")]
    assert steps(path) == [*((step, "loss/train") for step in (1, 2, 3)), *ends]


@pytest.mark.parametrize("last", [0, 1, 2, 3])
def test_a_file_put_back_to_a_step_has_no_later_one_and_no_end_of_training(last, path):
    event_files.rewind(path, last)
    assert steps(path) == [(step, "loss/train") for step in range(1, last + 1)]
    event_files.add(path, scalar(9))
    assert steps(path)[-1] == (9, "loss/train")


def test_a_file_cut_or_damaged_anywhere_keeps_the_whole_records_before(path):
    content = path.read_bytes()
    ends, place = [], 0  # of the records: length (8 bytes), its checksum (4), the record, its checksum (4)
    while place < len(content):
        place += 16 + int.from_bytes(content[place : place + 8], "little")
        ends.append(place)
    for cut in range(0, ends[3] + 1, 3):
        whole = [(step, "loss/train") for step in (1, 2, 3) if ends[step] <= cut]
        for damaged in (content[:cut], content[:cut] + bytes([content[cut] ^ 1]) + content[cut + 1 :]):
            path.write_bytes(damaged)
            event_files.rewind(path, 3)
            assert steps(path) == whole, cut
