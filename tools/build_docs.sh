#!/bin/sh
# Build the HTML documentation of the modules and roles into build/docs, from their own documentation.
set -eu
cd "$(dirname "$0")/.."

rm -rf build/docs
mkdir -p build/docs/source
antsibull-docs sphinx-init --use-current --squash-hierarchy --lenient --dest-dir build/docs/source secmon.aws >/dev/null
(
    cd build/docs/source
    antsibull-docs --config-file antsibull-docs.cfg collection --use-current --squash-hierarchy --dest-dir rst secmon.aws
)
# The inventories of other projects are on the network, which building these pages must not need.
printf '\nintersphinx_mapping = {}\nsuppress_warnings = ["ref.ref"]\n' >>build/docs/source/conf.py
sphinx-build -q -b html -c build/docs/source build/docs/source/rst build/docs/html
echo "Open build/docs/html/index.html"
