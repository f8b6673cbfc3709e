#!/bin/sh
# Run all linters, and fail if any of them finds something.
#
#   tools/lint.sh [quick]      quick runs only those that take seconds
set -u
cd "$(dirname "$0")/.." || exit
failed=""

check() {
    name=$1
    shift
    printf '%-28s' "$name"
    if output=$("$@" 2>&1); then
        echo ok
    else
        echo FAILED
        echo "$output"
        failed="$failed $name"
    fi
}

# Through this link, mypy finds the collection under its Python name.
typed() {
    mkdir -p build/mypy/ansible_collections/secmon
    ln -sfn "$PWD" build/mypy/ansible_collections/secmon/aws
    MYPYPATH=build/mypy mypy -p ansible_collections.secmon.aws.plugins.module_utils \
        -p ansible_collections.secmon.aws.plugins.plugin_utils && MYPYPATH=build/mypy mypy embedded_aws tools
}

# antsibull-docs copies the collections that this one depends on, and asks git which files belong to them. In the virtual
# environment, git must not find this repository, or it lists no files.
collection_docs() {
    environment=$(python -c 'import sys; print(sys.prefix)')
    GIT_CEILING_DIRECTORIES=$environment antsibull-docs lint-collection-docs --plugin-docs .
}

shell_scripts() {
    shellcheck tools/*.sh .ci/run
}

check "ruff check" ruff check --quiet .
check "ruff format" ruff format --quiet --diff .
check "mypy" typed
check "yamllint" yamllint --strict .
check "shellcheck" shell_scripts
check "antsibull-changelog" antsibull-changelog lint
if [ "${1:-}" != quick ]; then
    check "antsibull-docs" collection_docs
    check "ansible-lint" ansible-lint -q --nocolor
    # ruff and antsibull-changelog have checked the same; each test has a virtual environment of its own to make.
    check "ansible-test sanity" tools/sanity.sh --skip-test changelog --skip-test pep8
fi

if [ -n "$failed" ]; then
    echo "Linters that found something:$failed"
    exit 1
fi
