# Two commands: `make run` opens the demo, `make test` checks everything. Both set up what they need.
.DELETE_ON_ERROR:
.PHONY: run setup test lint types layers unit network verify bench docs wheels clean

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

run: $(STAMP)
	$(BIN)/unite demo

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml scripts/setup.sh
	PYTHON=$(PYTHON) sh scripts/setup.sh
	touch $(STAMP)

test: $(STAMP) lint types layers unit

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

unit: $(STAMP)
	PYTHON=$(PYTHON) sh scripts/test-servers.sh
	$(BIN)/pytest -m "not long and not network" -n 2 --dist loadfile --no-loadscope-reorder

network: $(STAMP)
	sh scripts/test-network.sh
	$(BIN)/pytest -m network

verify: network
	$(BIN)/pytest -m long

bench: $(STAMP)
	$(BIN)/python -m benchmarks.run

wheels:
	PYTHON=$(PYTHON) sh scripts/wheels.sh wheels

clean:
	rm -rf .venv .venv-airflow .venv-spark build dist wheels *.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis

docs: $(STAMP)
	$(BIN)/python scripts/reference.py
	$(BIN)/python scripts/languages.py
	$(BIN)/python scripts/source_table.py
