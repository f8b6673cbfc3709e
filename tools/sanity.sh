#!/bin/sh
# Run ansible-test sanity on a copy of the working tree with the ansible-core of the virtual environment.
#
#   tools/sanity.sh [options and paths of ansible-test sanity]
#
# The copy is a git repository of its own, because ansible-test rejects a linked checkout. In a folder that git ignores it
# skips every target and reports success.
set -eu
cd "$(dirname "$0")/.."

home=$PWD/build/sanity
collections=$home/ansible_collections
copy=$collections/secmon/aws

# Copy the files that git tracks or would track, as they are in the working tree.
copy_tree() {
    rm -rf "$copy" "$home/index"
    mkdir -p "$copy"
    GIT_INDEX_FILE=$home/index git add -A
    GIT_INDEX_FILE=$home/index git checkout-index --all --prefix="$copy/"
    git -C "$copy" init -q
    git -C "$copy" add -A
}

# The modules need the documentation fragments and the base code of these collections.
link_upstream() {
    installed=$(python -c 'import ansible_collections, os; print(os.path.realpath(list(ansible_collections.__path__)[0]))')
    for namespace in amazon community; do
        ln -sfn "$installed/$namespace" "$collections/$namespace"
    done
}

# ansible-test downloads a script that installs pip. Python's ensurepip does the same without network.
provide_pip() {
    mkdir -p "$home/.ansible/test/cache"
    for release in 24_2 25_2; do
        echo 'import ensurepip; ensurepip.bootstrap()' >"$home/.ansible/test/cache/get_pip_$release.py"
    done
}

copy_tree
link_upstream
provide_pip
python_version=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
log=$home/sanity.log
status=0
(cd "$copy" && HOME=$home ansible-test sanity --color no --python "$python_version" "$@") >"$log" 2>&1 || status=$?
if grep -q 'All targets skipped' "$log"; then
    echo "ansible-test found no files, so it checked nothing." >&2
    status=1
fi
if [ "$status" -ne 0 ]; then
    cat "$log" >&2
fi
exit "$status"
