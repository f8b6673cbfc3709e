# Every target sets up what it needs; `make` alone lists them.
VENV ?= .venv
PYTHON ?=
BIN := $(abspath $(VENV))/bin
export VENV PYTHON
export PATH := $(BIN):$(PATH)
# What the collection's users have installed elsewhere must not shadow the working tree.
export ANSIBLE_COLLECTIONS_PATH := $(abspath build)/no-collections
# A container's PYTHONDONTWRITEBYTECODE would have every process compile boto3 and Ansible anew, for half its time.
# The bytecode stays in the virtual environment, out of the working tree.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(abspath $(VENV))/pycache

.DEFAULT_GOAL := help
.PHONY: help demo test lint lint-quick docs bench contract embedded locks clean venv-embedded venv-dev

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: venv-embedded  ## Build, prove, break, mend and remove the system on an embedded AWS
	@python -m tools.demo

test: venv-dev  ## Run every test
	@python -m pytest $(PYTEST_ARGS)

lint: venv-dev  ## Run every linter and ansible-test sanity
	@tools/lint.sh

lint-quick: venv-dev  ## Run the linters that take seconds
	@tools/lint.sh quick

docs: venv-dev  ## Build the HTML documentation into build/docs
	@tools/build_docs.sh

bench: venv-dev  ## Run the benchmarks and print their table
	@python -m tests.benchmark

contract: venv-dev  ## Ask AWS itself, with your credentials, what we assume of it
	@SECMON_CONTRACT=aws python -m pytest -n 0 tests/contract $(PYTEST_ARGS)

embedded: venv-embedded  ## Run the embedded AWS on port 4599 (OPTIONS= for others)
	@python -m embedded_aws $(OPTIONS)

locks: venv-dev  ## Lock requirements/*.in anew
	@tools/lock.sh

clean:  ## Remove the virtual environment and everything that was built
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .hypothesis .ansible

venv-embedded venv-dev: venv-%:
	@tools/setup_venv.sh $*
