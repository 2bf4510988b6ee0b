"""The LightningDataModule: the data of any task, as Lightning asks for them."""

import pytorch_lightning as pl

from rnnlab.data.loaders import Loader
from rnnlab.data.splits import Data
from rnnlab.tasks.task import Task


class TaskData(pl.LightningDataModule):
    """Hands out the loaders of training, validation and test; each batch is shared among the processes of the run."""

    def __init__(self, data: Data, task: Task):
        super().__init__()
        self.data, self.task = data, task

    def setup(self, stage: str) -> None:
        trainer = self.trainer
        assert trainer is not None  # it is what calls this
        for loader in (self.data.train, self.data.validation, self.data.test):
            loader.share_out(trainer.global_rank, trainer.world_size)

    def train_dataloader(self) -> Loader:
        return self.data.train

    def val_dataloader(self) -> Loader:
        return self.data.validation

    def test_dataloader(self) -> Loader:
        return self.data.test

    def state_dict(self) -> dict[str, int]:
        """Where the training data stand. (Lightning restores a loader by itself only in the middle of an epoch.)"""
        return self.data.train.state_dict()

    def load_state_dict(self, state: dict[str, int]) -> None:
        self.data.train.load_state_dict(state)
