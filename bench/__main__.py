"""``make bench``: *open the link, durable record, page* against nginx serving a static page of equal size.

Both on this machine, in turn, several rounds, TLS 1.3 with ECDSA P-256, two worker processes each. Absolute figures
say nothing about another machine; ratios do. Options: ``--rounds 3 --seconds 5 --events 1000000``.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import load, servers
from bench.load import Result
from bench.servers import Served

# More than the server remembers pages of: every opening is a first one.
LINKS = 2_000
FEW = 1_000
# What has to be reached: our throughput as a share of nginx's, and how much of it many events may cost.
LEAST_NEW, LEAST_KEPT, MOST_LOSS = 0.45, 0.11, 0.10
KEPT_CONNECTIONS, NEW_CONNECTIONS, VISITORS = 64, 32, 4

Measure = Callable[[Served, Sequence[str]], Result]


def main() -> int:
    """Measure, print, and give the exit status: 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--events", type=int, default=1_000_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return _bench(Path(name), chosen.rounds, chosen.seconds, chosen.events)


def _bench(folder: Path, rounds: int, seconds: int, events: int) -> int:
    few, many = folder / "few", folder / "many"
    few.mkdir(mode=0o700)
    servers.certificate(folder, few)
    tokens = fill(few, FEW)
    paths = [f"/s/{token}/" for token in tokens]
    measures: dict[str, Measure] = {
        "new": lambda served, p: load.wrk(
            folder, served.port, p, kept=False, connections=NEW_CONNECTIONS, seconds=seconds
        ),
        "kept": lambda served, p: load.wrk(
            folder, served.port, p, kept=True, connections=KEPT_CONNECTIONS, seconds=seconds
        ),
        "visit": lambda served, p: load.visitors(served.port, p, count=VISITORS, seconds=seconds),
    }
    against_nginx = _against_nginx(folder, few, paths, measures, rounds)
    shutil.copytree(few, many)
    _say(f"\nfilling the ledger with {events:,} events …")
    fill(many, events)
    loss = _few_and_many(few, many, paths, measures, rounds, events)
    new, kept = against_nginx["new"], against_nginx["kept"]
    _say(f"\nratio to nginx, new connections: {new:.2f}   (target ≥ {LEAST_NEW})")
    _say(f"ratio to nginx, keep-alive:      {kept:.2f}   (target ≥ {LEAST_KEPT})")
    _say(f"slow-down by {events:,} events:  {loss:+.1%}  (target ≤ {MOST_LOSS:.0%})")
    return 0 if new >= LEAST_NEW and kept >= LEAST_KEPT and loss <= MOST_LOSS else 1


def fill(data: Path, events: int) -> list[str]:
    """Make a data folder with links and so many events, or add events to it; the tokens of links that are new."""
    filled = subprocess.run(
        [sys.executable, "-m", "bench.fill", str(LINKS), str(events)],
        env=servers.environment(data),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return filled.stdout.split()


def _against_nginx(
    folder: Path, data: Path, paths: Sequence[str], measures: dict[str, Measure], rounds: int
) -> dict[str, float]:
    """Ratios of throughput by measure; prints everything else."""
    found: dict[tuple[str, str], list[tuple[Result, float]]] = {}
    with servers.siegelpost(data) as ours:
        whole = servers.fetch(ours.port, paths[0])
        page = whole.partition(b"\r\n\r\n")[2]
        _say(f"page: {len(page):,} bytes; {LINKS} links; {rounds} rounds in turn")
        with servers.nginx(folder, data, page) as theirs:
            for _ in range(rounds):
                for name, measure in measures.items():
                    for who, served, asked in (("nginx", theirs, ["/page.html"]), ("siegelpost", ours, paths)):
                        servers.quiet(ours)
                        before = served.cpu()
                        result = measure(served, asked)
                        found.setdefault((who, name), []).append((result, served.cpu() - before))
            _report(found)
            for who, served in (("nginx", theirs), ("siegelpost", ours)):
                sizes = sorted(served.memory().values(), reverse=True)
                _say(f"memory {who}: " + ", ".join(f"{size / 2**20:.0f} MiB" for size in sizes))
    return {
        name: _median(found, "siegelpost", name).per_second / _median(found, "nginx", name).per_second
        for name in measures
    }


def _few_and_many(
    few: Path, many: Path, paths: Sequence[str], measures: dict[str, Measure], rounds: int, events: int
) -> float:
    """How much slower the keep-alive measure is with many events, as a share."""
    found: dict[tuple[str, str], list[tuple[Result, float]]] = {}
    with servers.siegelpost(few) as small, servers.siegelpost(many) as large:
        order = [(f"{FEW:,}", small), (f"{events:,}", large)]
        for _ in range(rounds + 3):
            # A B B A: whoever comes second finds the machine warmer, or more tired.
            for who, served in (*order, *reversed(order)):
                servers.quiet(small)
                servers.quiet(large)
                found.setdefault((who, "kept"), []).append((measures["kept"](served, paths), 0.0))
    _report(found)
    speeds = [_median(found, who, "kept").per_second for who in (f"{events:,}", f"{FEW:,}")]
    return 1 - speeds[0] / speeds[1]


def _median(found: dict[tuple[str, str], list[tuple[Result, float]]], who: str, name: str) -> Result:
    results = [result for result, _ in found[who, name]]
    return Result(
        *(statistics.median(values) for values in zip(*((r.per_second, r.p50, r.p99) for r in results), strict=True))
    )


def _report(found: dict[tuple[str, str], list[tuple[Result, float]]]) -> None:
    _say(f"{'':12}{'':8}{'per second':>12}{'p50 ms':>9}{'p99 ms':>9}{'cpu s':>9}")
    for (who, name), results in sorted(found.items(), key=lambda entry: entry[0][1]):
        middle = _median(found, who, name)
        cpu = statistics.median(cpu for _, cpu in results)
        _say(f"{who:12}{name:8}{middle.per_second:12,.0f}{middle.p50:9.1f}{middle.p99:9.1f}{cpu:9.2f}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
