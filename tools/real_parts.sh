#!/bin/sh
# Install the real parts that tests use (browsers, PostgreSQL, nginx ...), where that is allowed: real_parts.sh PYTHON
set -eu
python=$1
# Readers of other makers, pinned by their lock file.
readers() {
    command -v npm >/dev/null || return 0
    [ tests/readers/node_modules -nt tests/readers/package-lock.json ] && return 0
    if npm --prefix tests/readers ci --no-audit --no-fund --silent; then
        touch tests/readers/node_modules
    else
        echo "Readers of other makers could not be installed; tests that need one will say so."
    fi
}
missing=$("$python" -m tests.support.parts)
[ -n "$missing" ] || { readers; exit 0; }

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Real parts are missing: $missing"
    echo "Tests that need them fail; SIEGELPOST_ALLOW_MISSING=1 skips them instead. To install them:"
    echo "  sudo apt-get install --no-install-recommends $missing"
    exit 0
fi
echo "Installing real parts: $missing"
# Their services are not to be started: tests start programs of their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
log=$(mktemp)
# shellcheck disable=SC2086
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1
then
    tail -n 20 "$log"
    echo "Not everything could be installed; tests that need a missing part will say so."
fi
rm -f "$log"
readers
