"""What a run tells TensorBoard, as TensorBoard's own reader finds it."""

import itertools

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from rnnlab.inspection.canvas import Canvas
from rnnlab.training.tensorboard import TensorBoard, histogram


def test_scalars_are_on_file_as_soon_as_they_are_logged_all_in_one_file(tmp_path):
    logger = TensorBoard(tmp_path)
    assert list(tmp_path.iterdir()) == []  # nothing was said yet
    for step in (4, 8):
        logger.log_metrics({"loss/train": step / 16, "accuracy/train": 1 / step}, step)
        (path,) = tmp_path.iterdir()
        found = EventAccumulator(str(path)).Reload()
        assert [(one.step, one.value) for one in found.Scalars("loss/train")][-1] == (step, step / 16)
    assert [one.value for one in found.Scalars("accuracy/train")] == [0.25, 0.125]


def test_the_row_of_hparams_comes_with_the_final_scores_and_not_before(tmp_path):
    logger = TensorBoard(tmp_path)
    logger.log_hyperparams({"model": "gru"})
    assert list(tmp_path.iterdir()) == []
    logger.log_hyperparams({"model": "gru", "seed": 3}, {"final/loss/test": 0.5})
    found = EventAccumulator(str(tmp_path)).Reload()
    assert [one.value for one in found.Scalars("final/loss/test")] == [0.5]
    content = found.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    told = HParamsPluginData.FromString(content).session_start_info.hparams
    assert told["model"].string_value == "gru" and told["seed"].number_value == 3


def test_texts_histograms_and_images_are_found_under_their_names(tmp_path):
    logger = TensorBoard(tmp_path)
    logger.log_texts({"answers/right": "1 + 1", "answers/wrong": "é"}, 4)
    logger.log_histograms({"weights/a": torch.tensor([[1.0, 2.0], [3.0, 5.0]])}, 4)
    logger.log_images({"over time/hidden": Canvas(30, 20)}, 4)
    found = EventAccumulator(str(tmp_path)).Reload()
    (wrong,) = found.Tensors("answers/wrong/text_summary")
    assert wrong.step == 4 and wrong.tensor_proto.string_val[0].decode() == "é"
    (image,) = found.Images("over time/hidden")
    assert (image.step, image.width, image.height) == (4, 30, 20)
    (counts,) = found.Histograms("weights/a")
    assert counts.step == 4 and counts.histogram_value.num == 4 and counts.histogram_value.sum == 11


def test_a_histogram_counts_every_finite_number_between_the_ends_of_its_bars():
    values = torch.tensor([0.0, 0.1, 0.1, 1.0, float("nan"), float("inf")])
    found = histogram(values)
    assert len(found.bucket) == len(found.bucket_limit) and sum(found.bucket) == found.num == 4
    assert (found.bucket[0], found.bucket_limit[0], found.bucket_limit[-1]) == (0, 0.0, 1.0)
    ends = list(found.bucket_limit)
    for bar, (low, high) in enumerate(itertools.pairwise(ends), 1):
        inside = [one for one in values[:4].tolist() if low <= one < high or (one == high == 1.0)]
        assert found.bucket[bar] == len(inside)
    assert found.sum_squares == pytest.approx(1.02)
    same, none = histogram(torch.full((3,), 2.0)), histogram(torch.full((2,), float("nan")))
    assert (same.num, same.min, same.max, sum(same.bucket)) == (3, 2, 2, 3) and none.num == 0
