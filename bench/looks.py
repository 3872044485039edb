"""What a recipient's look costs, counted and recorded: ``python -m bench.looks [ROUNDS]``.

Looks at many links, on connections that stay, until they are sealed; microseconds of processor time for each, of all of
the server's processes. Of two versions, run it in turn (``PYTHONPATH=../before/src python -m bench.looks``).
"""

import statistics
import sys
import tempfile
from pathlib import Path

from bench import load, servers
from bench.__main__ import FEW, KEPT_CONNECTIONS, fill

SECONDS = 4


def main(rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        data.mkdir(mode=0o700)
        servers.certificate(folder, data)
        paths = [f"/s/{token}/" for token in fill(data, FEW)]
        with servers.siegelpost(data) as served:
            costs = []
            for _ in range(rounds + 1):
                before = served.cpu()
                found = load.wrk(folder, served.port, paths, kept=True, connections=KEPT_CONNECTIONS, seconds=SECONDS)
                servers.quiet(served)
                costs.append((served.cpu() - before) / (found.per_second * SECONDS) * 1e6)
    print(f"a look costs {statistics.median(costs[1:]):.0f} µs ({min(costs[1:]):.0f} to {max(costs[1:]):.0f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
