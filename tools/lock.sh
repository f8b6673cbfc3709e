#!/bin/sh
# Lock requirements/*.in for every supported Python, with hashes and without an index address.
# Each lock file is constrained by the one before, so that all of them fit into one environment. The AWS CLI has a folder
# of its own there. Options are passed to uv, such as tools/lock.sh --upgrade.
set -eu
cd "$(dirname "$0")/../requirements"

lock() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header "$@"
}

lock "$@" -o runtime.txt runtime.in
lock "$@" -o embedded.txt -c runtime.txt embedded.in
lock "$@" -o dev.txt -c embedded.txt dev.in
lock "$@" -o awscli.txt awscli.in
