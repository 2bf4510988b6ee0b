"""What was probably meant by what was typed: the words that people have for keys and choices, and misspelt names."""

import re
from collections.abc import Collection

from rnnlab.errors import nearest

WORDS = {
    "trainer.max_epochs": "epochs epoch num_epochs n_epochs max_epoch",
    "trainer.max_steps": "steps step num_steps iterations iters max_iters train_steps",
    "trainer.gradient_clip": "clip grad_clip clip_grad max_norm gradient_clip_val clip_norm",
    "trainer.accumulate": "grad_accum accumulate_grad_batches gradient_accumulation",
    "trainer.threads": "num_threads cores cpus",
    "trainer.check_every": "eval_every val_every check_interval val_check_interval log_every",
    "trainer.precision": "fp16 bf16 half amp mixed_precision",
    "trainer=debug": "debug dry_run fast_dev_run smoke_test",
    "trainer=gpu": "device gpu cuda use_cuda use_gpu gpus trainer=cuda",
    "trainer=cpu": "device=cpu cpu",
    "optimizer.lr": "learning_rate rate eta learningrate step_size",
    "optimizer.weight_decay": "wd decay l2",
    "optimizer": "optim opt",
    "schedule=constant": "schedule=none schedule=null schedule=off schedule=fixed",
    "schedule=one_cycle": "schedule=onecycle schedule=onecyclelr",
    "schedule=cosine": "schedule=linear schedule=annealing schedule=cosineannealinglr",
    "schedule": "scheduler lr_scheduler lr_schedule schedule_type",
    "data.batch_size": "bs batch batchsize minibatch",
    "data.lengths": "digits bits length seq_len sequence_length seq_length max_len max_length",
    "data.split": "val_split validation_split test_split val_size validation_size test_size train_size",
    "data.steps_per_epoch": "samples examples size dataset_size data_size",
    "task=chartext data.window=64": "window bptt truncation tbptt context context_length block_size",
    "data.window": "bptt truncation tbptt context context_length block_size",
    "model": "network net arch architecture cell layer rnn_type cell_type",
    "model.hidden_size": "units hidden hidden_units num_units n_hidden hidden_dim size width neurons state_size",
    "model.num_layers": "layers n_layers depth nlayers hidden_layers",
    "model.embedding_size": "embedding emb embed embedding_dim emb_size",
    "model.dropout": "drop dropout_rate p_drop recurrent_dropout",
    "model.nonlinearity": "activation nonlin",
    "model=rnn model.nonlinearity=relu": "activation nonlin nonlinearity",
    "model=lstm model.forget_bias=1": "forget_bias forget_gate_bias",
    "model=rnn": "model=vanilla model=elman model=simple model=simplernn model=vanilla_rnn",
    "task": "dataset problem data_set",
    "task=digitsum": "task=sum task=digits task=digit_sum",
    "task=binaryaddition": "task=addition task=add task=binary task=adding",
    "task=chartext": "task=text task=language task=lm task=shakespeare task=char task=language_model",
    "task=chartext task.path=FILE": "text textfile file path corpus_file",
    "task=chartext task.corpus=tinyshakespeare": "corpus",
    "task=digitsum task.csv=FILE": "csv csv_file",
    "callbacks.early.patience": "early_stopping early_stop early earlystopping early_stopping_patience",
    "seed": "seeds random_seed random_state rng",
    "output_dir": "out output out_dir outdir save_dir results logdir log_dir dir",
    "sweep.name": "run_name exp_name experiment_name name",
    "-m hydra.launcher.jobs=2": "jobs parallel num_jobs processes",
    "-m seed=1,2,3": "repeat repeats repetitions replicates runs",
    "search.trials": "n_trials num_trials",
    "-m search=random search.trials=20": "trials n_trials num_trials",
    "search=optuna": "search=bayes search=bayesian search=tpe search=hyperopt search=true",
    "practice.activation_noise": "noise noise_std gaussian_noise",
    "resume=RUN_DIR": "checkpoint ckpt continue load restore restart ckpt_path",
    "logger=none": "logger=null logger=false logger=off",
    "optimizer=sgd optimizer.momentum=0.9": "momentum",
    "prompt": "text start prefix begin",
    "length": "tokens characters chars max_length num_chars",
    "temperature": "temp t",
    "input": "file path csv data",
    "lengths": "length",
    "evaluate": "eval test score scores metrics accuracy",
    "predict": "ask answer infer inference",
    "sample": "generate write text",
    "report": "plot compare summary table results",
    "inspect": "look show view gates",
    "train": "run fit learn resume sweep search",
    "dataset": "data csv",
}
"""What is meant -> the words for it: of a key, of a group and its choice, of a command. It may be more than a key."""

FRONT = re.compile(r"(train|n|num|use|model|trainer|optimizer|data|task)_")
"""What people put in front of such a word."""

MEANT: dict[str, list[str]] = {}
for meant, words in WORDS.items():
    own = [] if "=" in meant else [meant.rpartition(".")[2]]
    for word in [*own, *words.split()]:
        MEANT.setdefault(word, []).append(meant)

NOTHING = {
    "workers": "data are tensors in memory: there are no workers",
    "num_workers": "data are tensors in memory: there are no workers",
    "bidirectional": "every network here reads from left to right",
    "teacher_forcing": "a training always reads the right answer, and a score or a prediction the network's own",
    "vocab_size": "the task knows how many symbols there are",
    "shuffle": "training examples always come in a random order, by the seed",
}
"""Keys that mean nothing here, and why."""


def nearest_name(word: str, names: Collection[str]) -> str:
    """`did you mean 'x'? allowed: ...` for a key that is none of `names`."""
    return nearest(word, names, next((one for one in _meant(word) if one in names), None))


def nearest_choice(group: str, name: str, names: Collection[str]) -> str:
    """The same for a choice of a group that is none of `names`."""
    choices = {f"{group}={one}": one for one in names}
    meant = next((choices[one] for one in _meant(f"{group}={name}") if one in choices), None)
    return nearest(name, names, meant)


def nearest_key(key: str, value: str, known: Collection[str]) -> str:
    """The key or the choice that was meant by a key of the config, or the keys of the node that was.

    known: the keys and groups there are.
    """
    node, _, leaf = key.rpartition(".")
    if _plain(leaf) in NOTHING:
        return NOTHING[_plain(leaf)]
    same = sorted(name for name in known if name.rpartition(".")[2] == leaf)
    meant = [*_meant(f"{leaf}={value}"), *_meant(leaf)]
    meant = [one for one in meant if one in known or "=" in one]
    if node:
        meant.sort(key=lambda one: one.rpartition(".")[0] != node)
    if same or meant:
        return f"did you mean '{(same if len(same) == 1 or not meant else meant)[0]}'? (see --cfg job)"
    siblings = [name for name in known if name.rpartition(".")[0] == node]
    return nearest(key, siblings or [name for name in known if "." not in name])


def nearest_flag(flag: str) -> str:
    """What is allowed instead of a flag that there is not."""
    meant = next(iter(_meant(flag.lstrip("-").partition("=")[0])), "")
    hint = f"did you mean {meant if '=' in meant else f'{meant}=...'}? " if meant else ""
    return f"{hint}settings are key=value without dashes; the flags are in --help"


def _meant(word: str) -> list[str]:
    """What a word stands for, or else what stands behind its front."""
    word = _plain(word)
    return MEANT.get(word) or MEANT.get(FRONT.sub("", word, count=1), [])


def _plain(word: str) -> str:
    return word.lower().replace("-", "_")
