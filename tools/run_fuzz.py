"""``make fuzz``: a campaign for each reader of foreign bytes, one after the other, and a table of what came out.

What is slow while it is watched is measured again without (:func:`tests.fuzz.campaign.measured`); it counts if it
breaks the limits then as well. The inputs stay in ``build/fuzz/READER/found``.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.campaign import MOST_MEMORY, MOST_SECONDS, OUTPUT, measured
from tests.fuzz.readers import READERS

_EXECUTIONS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
# Of the campaign itself, beside its time: to begin, to end, and for one input that never does.
_ALLOWANCE = 240.0


def run(name: str, seconds: int) -> dict[str, object]:
    """One campaign: how many inputs were read, and how many broke the reader, its time or its memory."""
    command = [sys.executable, "-m", "tests.fuzz.campaign", name, str(seconds)]
    log = OUTPUT / name / "log.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            status = subprocess.run(
                command, stderr=output, stdout=output, check=False, timeout=seconds + _ALLOWANCE
            ).returncode
        except subprocess.TimeoutExpired:
            status = -1
    counted = _EXECUTIONS.search(log.read_text(errors="replace"))
    crashes, slow, large = 0, 0, 0
    for path in sorted((OUTPUT / name / "found").glob("*")):
        took, memory, broke = measured(name, path)
        crashes, slow, large = crashes + broke, slow + (took > MOST_SECONDS), large + (memory > MOST_MEMORY)
        print(f"  {path}: {took:.2f} s, {memory >> 20} MiB{', breaks' if broke else ''}", flush=True)
    executions = int(counted[1]) if counted else 0
    return {
        "reader": name,
        "executions": executions,
        "crashes": crashes,
        "slow": slow,
        "large": large,
        "status": status,
    }


def main() -> int:
    """0 when no reader broke, none was over a limit, and every campaign came to its end."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("minutes", type=float, help="for each reader")
    arguments.add_argument("readers", nargs="*", choices=[*READERS, []])
    given = arguments.parse_args()
    results = []
    for name in given.readers or READERS:
        began = time.monotonic()
        result = run(name, max(1, round(given.minutes * 60)))
        results.append(result)
        print(*(f"{key}={value}" for key, value in result.items()), f"{time.monotonic() - began:.0f} s", flush=True)
    Path(OUTPUT, "results.json").write_text(json.dumps(results, indent=1))
    bad = [
        str(each["reader"]) for each in results if each["crashes"] or each["slow"] or each["large"] or each["status"]
    ]
    print(
        f"{sum(int(str(each['executions'])) for each in results)} inputs, {len(results) - len(bad)} readers held", *bad
    )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
