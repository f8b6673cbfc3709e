#!/bin/sh
# Print the Python interpreters that the lock files support, newest first, one "VERSION PATH" per line.
# Searches PYTHONS (space separated), PATH and $PYENV_ROOT/versions for interpreters that run and have venv with pip.
# A pyenv shim of an inactive version exists, but does not run.
set -eu

probe='
import ensurepip, sys, venv
if (3, 11) <= sys.version_info[:2] <= (3, 13):
    print("%d.%d %s" % (*sys.version_info[:2], sys.executable))
'

candidates() {
    for python in ${PYTHONS:-}; do echo "$python"; done
    for name in python3.13 python3.12 python3.11 python3 python; do command -v "$name" || true; done
    for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[123].*/bin/python; do echo "$python"; done
}

candidates | while read -r python; do
    "$python" -c "$probe" 2>/dev/null || true
done | sort -s -t ' ' -k 1,1Vr | awk '!seen[$1]++'
