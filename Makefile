# Every target sets up what it needs. `make` lists the targets.
VENV ?= .venv
PYTHON ?=
BIN := $(abspath $(VENV))/bin
export VENV PYTHON
export PATH := $(BIN):$(PATH)
# Collections that are installed elsewhere must not shadow the working tree.
export ANSIBLE_COLLECTIONS_PATH := $(abspath build)/no-collections
# With PYTHONDONTWRITEBYTECODE, as containers set it, every process would compile boto3 and Ansible again, which takes half
# of its time. The bytecode goes into the virtual environment.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(abspath $(VENV))/pycache

.DEFAULT_GOAL := help
.PHONY: help demo test lint lint-quick docs bench contract fidelity embedded locks clean venv-embedded venv-dev

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: venv-embedded  ## Build, prove, break, repair and remove the pipeline on an embedded AWS
	@python -m tools.demo

test: venv-dev  ## Run every test
	@python -m pytest $(PYTEST_ARGS)

lint: venv-dev  ## Run every linter and ansible-test sanity
	@tools/lint.sh

lint-quick: venv-dev  ## Run the linters that take seconds
	@tools/lint.sh quick

docs: venv-dev  ## Update the generated documentation and build HTML in build/docs
	@python -m tools.generate_docs
	@python -m tools.rule_schema
	@tools/build_docs.sh

bench: venv-dev  ## Run the benchmarks (BENCH=accounts: one of them) and write docs/performance.md
	@python -m tests.benchmark $(BENCH)

contract: venv-dev  ## Check our assumptions on AWS itself, with your credentials
	@SECMON_CONTRACT=aws python -m pytest -n 0 tests/contract $(PYTEST_ARGS)

fidelity: venv-dev  ## Compare the embedded AWS with recordings of AWS that others made
	@python -m tests.fidelity $(ORACLES)

embedded: venv-embedded  ## Run the embedded AWS on port 4599 (OPTIONS= for its options)
	@python -m embedded_aws $(OPTIONS)

locks: venv-dev  ## Update the lock files of requirements/*.in
	@tools/lock.sh

clean:  ## Remove the virtual environment and all build output
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .hypothesis .ansible

venv-embedded venv-dev: venv-%:
	@tools/setup_venv.sh $*
