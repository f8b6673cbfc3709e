#!/bin/sh
# Lock requirements/*.in for every supported Python, with hashes and without an index address.
# dev.txt is installed on top of embedded.txt and does not repeat its packages. The AWS CLI has a folder of its own there.
# Options are passed to uv, such as tools/lock.sh --upgrade.
set -eu
cd "$(dirname "$0")/../requirements"

lock() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header "$@"
}

lock "$@" -o embedded.txt embedded.in
# shellcheck disable=SC2046 # one option for each package
lock "$@" -o dev.txt -c embedded.txt $(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package=\1/p' embedded.txt | sort -u) dev.in
lock "$@" -o awscli.txt awscli.in
