#!/bin/sh
# Build HTML of the documentation of modules and roles in build/docs.
set -eu
cd "$(dirname "$0")/.."

rm -rf build/docs
mkdir -p build/docs/source
antsibull-docs sphinx-init --use-current --squash-hierarchy --lenient --dest-dir build/docs/source secmon.aws >/dev/null
(
    cd build/docs/source
    antsibull-docs --config-file antsibull-docs.cfg collection --use-current --squash-hierarchy --dest-dir rst secmon.aws
)
# The inventories of other projects need the network, which this build must not.
printf '\nintersphinx_mapping = {}\nsuppress_warnings = ["ref.ref"]\n' >>build/docs/source/conf.py
sphinx-build -q -b html -c build/docs/source build/docs/source/rst build/docs/html
echo "Open build/docs/html/index.html"
