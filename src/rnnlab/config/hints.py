"""What was probably meant by what was typed: the words that people have for keys and choices, and misspelt names."""

from collections.abc import Collection

from rnnlab.errors import nearest

WORDS = {
    "trainer.max_epochs": "epochs epoch num_epochs n_epochs max_epoch",
    "trainer.max_steps": "steps step num_steps iterations iters max_iters train_steps",
    "trainer.gradient_clip": "clip grad_clip clip_grad max_norm gradient_clip_val clip_norm",
    "trainer.accumulate": "grad_accum accumulate_grad_batches gradient_accumulation",
    "trainer.threads": "num_threads cores cpus",
    "trainer.check_every": "eval_every val_every check_interval val_check_interval log_every",
    "trainer=gpu": "device gpu cuda use_cuda use_gpu gpus trainer=cuda",
    "trainer=cpu": "device=cpu cpu",
    "optimizer.lr": "learning_rate rate eta learningrate step_size",
    "optimizer.weight_decay": "wd decay l2",
    "optimizer": "optim opt",
    "schedule": "scheduler lr_scheduler lr_schedule schedule_type",
    "data.batch_size": "bs batch batchsize minibatch",
    "data.lengths": "length seq_len sequence_length seq_length max_len max_length",
    "data.window": "bptt truncation tbptt context block_size",
    "model": "network net arch architecture cell layer rnn_type cell_type",
    "model.hidden_size": "units hidden hidden_units num_units n_hidden hidden_dim size width neurons state_size",
    "model.num_layers": "layers n_layers depth nlayers",
    "model.embedding_size": "embedding emb embed embedding_dim emb_size",
    "model.dropout": "drop dropout_rate p_drop",
    "model.nonlinearity": "activation nonlin",
    "model=rnn": "model=vanilla model=elman model=simple model=simplernn model=vanilla_rnn",
    "task": "dataset problem data_set",
    "task=digitsum": "task=sum task=digits task=digit_sum",
    "task=binaryaddition": "task=addition task=add task=binary task=adding",
    "task=chartext": "task=text task=language task=lm task=shakespeare task=char task=language_model",
    "task=chartext task.path=FILE": "text textfile file path corpus_file",
    "callbacks.early.patience": "early_stopping early_stop early earlystopping",
    "seed": "seeds random_seed random_state rng",
    "output_dir": "out output out_dir outdir save_dir results logdir log_dir dir",
    "sweep.name": "run_name exp_name experiment_name",
    "search.trials": "n_trials num_trials",
    "resume=RUN_DIR": "checkpoint ckpt continue load restore restart ckpt_path",
    "logger=none": "logger=null logger=false logger=off",
    "optimizer=sgd optimizer.momentum=0.9": "momentum",
    "prompt": "text start prefix begin",
    "length": "tokens characters chars max_length num_chars",
    "temperature": "temp t",
    "input": "file path csv data",
    "lengths": "length",
}
"""What is meant -> the words for it: of a key, or of a group and its choice. What is meant may be more than a key."""

MEANT: dict[str, list[str]] = {}
for meant, words in WORDS.items():
    own = [] if "=" in meant else [meant.rpartition(".")[2]]
    for word in [*own, *words.split()]:
        MEANT.setdefault(word, []).append(meant)

NOTHING = {
    "workers": "data are tensors in memory: there are no workers",
    "num_workers": "data are tensors in memory: there are no workers",
}
"""Keys that mean nothing here, and why."""


def nearest_name(word: str, names: Collection[str]) -> str:
    """`did you mean 'x'? allowed: ...` for a key that is none of `names`."""
    return nearest(word, names, next((one for one in MEANT.get(_plain(word), ()) if one in names), None))


def nearest_choice(group: str, name: str, names: Collection[str]) -> str:
    """The same for a choice of a group that is none of `names`."""
    choices = {f"{group}={one}": one for one in names}
    meant = next((choices[one] for one in MEANT.get(f"{group}={_plain(name)}", ()) if one in choices), None)
    return nearest(name, names, meant)


def nearest_key(key: str, value: str, known: Collection[str]) -> str:
    """The key or the choice that was meant by a key of the config, or the keys of the node that was.

    known: the keys and groups there are.
    """
    node, _, leaf = key.rpartition(".")
    same = [name for name in known if name.rpartition(".")[2] == leaf]
    meant = [*MEANT.get(f"{_plain(leaf)}={value.lower()}", ()), *MEANT.get(_plain(leaf), ())]
    meant = [one for one in meant if one in known or "=" in one]
    if _plain(leaf) in NOTHING:
        return NOTHING[_plain(leaf)]
    if same or meant:
        return f"did you mean '{min(same) if same else meant[0]}'? (see --cfg job)"
    siblings = [name for name in known if name.rpartition(".")[0] == node]
    return nearest(key, siblings or [name for name in known if "." not in name])


def nearest_flag(flag: str) -> str:
    """What is allowed instead of a flag that there is not."""
    meant = MEANT.get(_plain(flag.lstrip("-").partition("=")[0]), [""])[0]
    hint = f"did you mean {meant if '=' in meant else f'{meant}=...'}? " if meant else ""
    return f"{hint}settings are key=value without dashes; the flags are in --help"


def _plain(word: str) -> str:
    return word.lower().replace("-", "_")
