"""``python -m bench.packages FOLDER …``: is anything of strangers' OpenImmo packages lost without a word?

Judges every package (XML, ZIP) in the folders and below: a line for each, what is lost below it, with ``--said`` all
that was said of it besides, for what is said also has to be right. The exit status is 1 where anything was lost. See
:mod:`bench.package_judge` for what is looked at.

None are kept here, for they are strangers': the example files and test fixtures of public programs that read or write
OpenImmo are what this was made with. Take their repositories, and cut out what lies between <openimmo> and its end.
"""

import sys

from bench import judging

if __name__ == "__main__":
    about = "Is anything of strangers' OpenImmo packages lost without a word?"
    sys.exit(judging.run("bench.packages", about, {".xml", ".zip"}, "bench.package_judge"))
