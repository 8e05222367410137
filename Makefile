# make demo         the main answer, from a fresh clone
# make test         every test, against the wheel that users get; versions are those of constraints.txt
# make test-latest  the same with the newest version of every dependency
# make lint         ruff, mypy
# make mutants      random changes of the code that no test notices: MUTANTS=200 SEED=1 PACKAGES="kg/evidence"
# Each sets itself up: all it needs is Python 3.11 or later, and make.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SOURCES := $(shell find kg ontology queries -type f -not -name '*.pyc') pyproject.toml
VERSIONS := constraints.txt

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# pip hands the first variable to the builds of packages too, except that newer versions of it want the second for that
export PIP_CONSTRAINT := $(VERSIONS)
export PIP_BUILD_CONSTRAINT := $(VERSIONS)

.PHONY: demo test test-latest lint bench mutants clean

demo: $(VENV)/.installed
	@$(BIN)/kg build -o build/graph
	@printf '\nWhich specialists support which stage, and on what evidence?\n\n'
	@$(BIN)/kg query specialists-by-stage --graph build/graph
	@printf '\nDoes the graph keep to its shapes?\n\n'
	@$(BIN)/kg validate --graph build/graph

test: $(VENV)/.test
	$(BIN)/pytest -n auto --dist loadfile --max-worker-restart 0 $(PYTEST_ARGS)

test-latest:
	rm -rf .venv-latest
	$(MAKE) test VENV=.venv-latest VERSIONS=

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

mutants: $(VENV)/.test
	$(BIN)/python tests/support/mutants.py --count $(or $(MUTANTS),200) --seed $(or $(SEED),1) $(PACKAGES)

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/commands/run.py > benchmarks/commands/results.md

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The wheel is installed, not the checkout, so that what runs is what users get.
$(VENV)/.installed: $(SOURCES) $(VERSIONS) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet .
	@touch $@

$(VENV)/.test: $(SOURCES) $(VERSIONS) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet ".[test]"
	@touch $(VENV)/.installed $@

$(VENV)/.lint: $(SOURCES) $(VERSIONS) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet ".[test,lint]"
	@touch $(VENV)/.installed $(VENV)/.test $@

clean:
	rm -rf $(VENV) .venv-latest build
