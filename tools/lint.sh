#!/bin/sh
# Run the linters, all of them even if one finds something, and fail if any did.
#
#   tools/lint.sh [quick]      quick leaves out those that take more than a few seconds
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

# mypy finds the collection's own code by its Python name below this link.
typed() {
    mkdir -p build/mypy/ansible_collections/secmon
    ln -sfn "$PWD" build/mypy/ansible_collections/secmon/aws
    MYPYPATH=build/mypy mypy -p ansible_collections.secmon.aws.plugins.module_utils \
        -p ansible_collections.secmon.aws.plugins.plugin_utils && MYPYPATH=build/mypy mypy embedded_aws tools
}

# It copies the collections that ours depends on, and takes git's word for what belongs to them: that is nothing as long
# as git believes that the virtual environment is a part of this repository.
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
    check "ansible-test sanity" tools/sanity.sh
fi

if [ -n "$failed" ]; then
    echo "Linters that found something:$failed"
    exit 1
fi
