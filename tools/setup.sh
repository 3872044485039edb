#!/bin/sh
# Make a virtual environment with the pinned requirements and this package: setup.sh FOLDER run|dev
set -eu
venv=$1 kind=$2
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Siegelpost needs Python 3.11 or newer. Name one that is: PYTHON=python3.12 make setup" >&2
    exit 1
fi
if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            echo "Python cannot make a virtual environment here. Install it: sudo apt-get install python3-venv" >&2
            exit 1
        fi
        echo "Installing python3-venv."
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes python3-venv >/dev/null
    fi
    "$python" -m venv --clear "$venv"
fi
echo "Installing the pinned requirements ($kind) into $venv."
pip="$venv/bin/python -m pip --quiet --disable-pip-version-check --no-input"
$pip install --root-user-action ignore --require-hashes --requirement "requirements/$kind.lock"
$pip install --root-user-action ignore --no-deps --no-build-isolation --editable .
touch "$venv/.$kind"
