# `make help` lists what there is. The first target that needs it makes .venv and installs the project, once.
# TORCH_INDEX: where the small torch without CUDA is found besides the usual index; on Linux, but where there is an NVIDIA
# GPU. `make install TORCH_INDEX=` takes the usual one's torch, on Linux with CUDA (4.9 GB instead of 1.2 GB).
PYTHON ?= python3
VENV := .venv
EXTRAS := dev
RUN := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
TORCH_INDEX ?= $(if $(filter Linux,$(shell uname -s)),$(if $(shell command -v nvidia-smi),,https://download.pytorch.org/whl/cpu))

.PHONY: help install train test test-all test-extras lint format wheel tensorboard docs clean
.DEFAULT_GOAL := help

help: ## list all targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): pyproject.toml constraints.txt
	@echo "installing into $(VENV), once: about 1.2 GB and two to five minutes, torch among it without CUDA; activate it then"
	@echo "with: source $(VENV)/bin/activate"
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --retries 1 --no-deps $(TORCH_INDEX:%=--extra-index-url %) -c constraints.txt torch
	$(RUN) -m pip install --quiet -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

install: $(INSTALLED) ## make .venv with the project in it (done once, by itself)

train: $(INSTALLED) ## train; options in ARGS="task=binaryaddition model=gru"
	$(RUN) -m rnnlab.train $(or $(ARGS),task=digitsum model=lstm)

test: $(INSTALLED) ## run the tests but the slow ones, three to four minutes on two cores
	@echo "three to four minutes on two cores"
	$(RUN) -m pytest -q -n 2 $(ARGS)

test-all: $(INSTALLED) ## run all tests, slow ones too
	$(RUN) -m pytest -q -m "" $(ARGS)

test-extras: ## run the tests that need more: onnx, optuna, joblib, matplotlib, pandas, wandb, mlflow, put into .venv-extras; and a browser
	$(MAKE) install VENV=.venv-extras EXTRAS=dev,report,notebook,sweep,export,wandb,mlflow
	.venv-extras/bin/python -m pytest -q -n 2 -m needs $(ARGS)

lint: $(INSTALLED) ## check style, format and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

format: $(INSTALLED) ## put the code into shape
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

wheel: $(INSTALLED) ## build sdist and wheel into dist/
	$(RUN) -m build --no-isolation

tensorboard: $(INSTALLED) ## show the runs in outputs/ on this machine
	$(VENV)/bin/tensorboard --logdir outputs --host 127.0.0.1

docs: ## build the site of the pages in docs/ into build/site, with mkdocs-material put into .venv-docs
	$(MAKE) install VENV=.venv-docs EXTRAS=docs
	.venv-docs/bin/python -m mkdocs build

clean: ## remove every .venv and built files, never runs
	rm -rf $(VENV) .venv-extras .venv-docs dist build
