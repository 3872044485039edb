"""``make fuzz``: give every ``tests/hostile/fuzz_*.py`` an equal share of the time.

Each is a program on atheris and takes libFuzzer's options; what breaks it is left as a ``crash-*`` file.
"""

import subprocess
import sys
from pathlib import Path

TARGETS = sorted(Path("tests/hostile").glob("fuzz_*.py"))


def main(seconds: int) -> int:
    """0 when no target broke."""
    if not TARGETS:
        sys.exit("There is nothing to fuzz: no tests/hostile/fuzz_*.py.")
    share = max(1, seconds // len(TARGETS))
    broken = []
    for target in TARGETS:
        print(f"{target}: {share} s", flush=True)
        options = [
            f"-max_total_time={share}",
            "-verbosity=0",
            "-print_final_stats=1",
            "-timeout=20",
            "-rss_limit_mb=2048",
        ]
        module = ".".join(target.with_suffix("").parts)
        command = [sys.executable, "-m", module, *options]
        if subprocess.run(command, check=False).returncode:
            broken.append(target.name)
    print(f"{len(TARGETS) - len(broken)} passed, {len(broken)} failed", *broken)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
