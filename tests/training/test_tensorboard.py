"""What a run tells TensorBoard, as TensorBoard's own reader finds it."""

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from rnnlab.training.tensorboard import TensorBoard


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
