# make demo   the main answer, from a fresh clone
# make test   every test
# make lint   ruff, mypy
# Each sets itself up: all it needs is Python 3.11 or later, and make.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SOURCES := $(shell find kg ontology queries -type f -not -name '*.pyc') pyproject.toml

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint bench clean

demo: $(VENV)/.installed
	@$(BIN)/kg build -o build/graph
	@printf '\nWhich specialists support which stage, and on what evidence?\n\n'
	@$(BIN)/kg query specialists-by-stage --graph build/graph
	@printf '\nDoes the graph keep to its shapes?\n\n'
	@$(BIN)/kg validate --graph build/graph

test: $(VENV)/.test
	$(BIN)/pytest -n auto --dist loadfile --max-worker-restart 0 $(PYTEST_ARGS)

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/commands/run.py > benchmarks/commands/results.md

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The wheel is installed, not the checkout, so that what runs is what users get.
$(VENV)/.installed: $(SOURCES) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet .
	@touch $@

$(VENV)/.test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet ".[test]"
	@touch $@

$(VENV)/.lint: $(VENV)/.test
	$(BIN)/python -m pip install --quiet ".[test,lint]"
	@touch $@

clean:
	rm -rf $(VENV) build
