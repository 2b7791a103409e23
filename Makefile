# Thin wrappers of `ragft` commands and pytest. Everything goes into .venv; nothing else is touched.
#
# PIP_FLAGS is handed to every pip call: elsewhere a plain `torch` brings gigabytes of
# CUDA libraries, so name the folder or index that has the CPU build (see README.md).
PYTHON ?= python3
PIP_FLAGS ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
MODELS := workspace/models/.ready
export HF_HUB_OFFLINE ?= 1
export PIP_FLAGS
ifneq ($(wildcard ../shared/data),)
export RAGFT_DATA ?= $(abspath ../shared/data)
endif

.PHONY: demo test test-slow check app bench simulate docs clean

demo: $(STAMP)
	$(BIN)/ragft demo

# A file's tests stay together: they share what they have built.
test: $(MODELS)
	$(BIN)/pytest -n auto --dist loadfile

test-slow: $(MODELS)
	$(BIN)/pytest -m "slow or browser"

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m shells.reference --check docs

app: $(STAMP)
	$(BIN)/streamlit run streamlit_app.py --server.fileWatcherType=none --browser.gatherUsageStats=false

bench: $(MODELS)
	$(BIN)/pip install --quiet $(PIP_FLAGS) -c constraints.txt -e '.[bench]'
	$(BIN)/python -m benchmarks.indexing
	$(BIN)/python -m benchmarks.scoring
	$(BIN)/python -m benchmarks.groundedness
	$(BIN)/python -m benchmarks.engines

# Do the intervals cover, do the tests keep their error? 108 cells of 1,000 comparisons; an interrupted run goes on.
simulate: $(STAMP)
	$(BIN)/python -m benchmarks.simulation --workers 2

# The generated pages, and the whole of docs/ as a site in site/.
docs: $(STAMP)
	$(BIN)/python -m shells.reference docs
	$(BIN)/pip install --quiet $(PIP_FLAGS) -c constraints.txt -e '.[docs]'
	$(BIN)/zensical build

clean:
	rm -rf $(VENV) workspace build site *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet $(PIP_FLAGS) -c constraints.txt -e '.[app,fast,quantisation,remote,dev]'
	@touch $@

$(MODELS): $(STAMP)
	$(BIN)/ragft models get
	@touch $@
