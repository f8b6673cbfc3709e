#!/bin/sh
# Install requirements/PURPOSE.txt into the virtual environment VENV (.venv) and link this collection into it.
# Does nothing if that is done already.
#
#   tools/setup_venv.sh embedded|dev
#
# PYTHON selects the interpreter; the default is the newest one that the lock files support.
set -eu

purpose=$1
venv=${VENV:-.venv}
cd "$(dirname "$0")/.."
root=$(pwd -P)

die() {
    echo "secmon.aws: $*" >&2
    exit 1
}

# The mark contains the path of the checkout, because the scripts of a moved environment do not run.
mark_of() {
    case $1 in
        dev) echo "$root $(cat requirements/dev.txt requirements/awscli.txt | cksum)" ;;
        *) echo "$root $(cksum <"requirements/$1.txt")" ;;
    esac
}

holds() {
    [ -f "$venv/.holds-$1" ] && [ "$(cat "$venv/.holds-$1")" = "$(mark_of "$1")" ] && "$venv/bin/python" -c ''
}

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

choose_python() {
    if [ -z "${PYTHON:-}" ]; then
        python=$(tools/find_pythons.sh | awk 'NR == 1 { print $2 }')
        [ -n "$python" ] || die "no Python 3.11, 3.12 or 3.13 with venv was found." \
            "Install one (on Debian: apt install python3 python3-venv) or name one: make PYTHON=/path/to/python3.12"
        return
    fi
    python=$PYTHON
    version=$(version_of "$python") || die "PYTHON=$python does not run."
    case $version in
        3.11 | 3.12 | 3.13) ;;
        *) die "PYTHON=$python is Python $version; the lock files support 3.11, 3.12 and 3.13." ;;
    esac
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        die "PYTHON=$python has no venv module (on Debian: apt install python$version-venv)."
}

# --no-deps: the lock file is complete. --no-compile: most of the ansible package is never imported.
pip_install() {
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --no-compile --require-hashes "$@"
}

# Print the value of one of pip's settings, its parts separated by spaces. Those of the environment precede those of files.
setting() {
    { printf '%s\n' "$settings" | grep -v '^:env:'; printf '%s\n' "$settings" | grep '^:env:'; } |
        sed -n "s/^[^=]*\.$1='\(.*\)'\$/\1/p" | tail -n 1 | sed 's/\\n/ /g'
}

# uv takes half of pip's time, and a fifth from its cache. It does not read pip's settings, so it gets those of indexes and certificates,
# in its environment, since an index may have a password. If it cannot install from these, pip does.
uv_install() {
    if [ ! -x "$venv/bin/uv" ]; then
        sed -n '/^uv==/,/[^\\]$/p' requirements/dev.txt >"$venv/uv.txt"
        pip_install -r "$venv/uv.txt"
    fi
    settings=$("$venv/bin/python" -m pip config list)
    certificates=$(setting cert)
    UV_DEFAULT_INDEX=$(setting index-url) UV_EXTRA_INDEX_URL=$(setting extra-index-url) \
        UV_FIND_LINKS=$(setting find-links | tr ' ' ',') SSL_CERT_FILE=${certificates:-${SSL_CERT_FILE:-}} \
        "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" \
        --index-strategy unsafe-best-match --no-deps --require-hashes "$@" 2>/dev/null
}

install() {
    echo "secmon.aws: installing requirements/$1.txt into $venv"
    uv_install -r "requirements/$1.txt" || pip_install -r "requirements/$1.txt"
    if [ "$1" = dev ]; then
        rm -rf "$venv/awscli"
        uv_install --target "$venv/awscli" -r requirements/awscli.txt ||
            pip_install --target "$venv/awscli" -r requirements/awscli.txt
    fi
    mark_of "$1" >"$venv/.holds-$1"
}

link_collection() {
    site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    mkdir -p "$site/ansible_collections/secmon"
    ln -sfn "$root" "$site/ansible_collections/secmon/aws"
}

if holds "$purpose" && [ -z "${PYTHON:-}" ]; then
    exit 0
fi
if holds embedded && { [ -z "${PYTHON:-}" ] || [ "$(version_of "$PYTHON")" = "$(version_of "$venv/bin/python")" ]; }; then
    holds "$purpose" && exit 0
else
    choose_python
    echo "secmon.aws: creating $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
    install embedded
    link_collection
fi
if [ "$purpose" != embedded ]; then
    install "$purpose"
fi
