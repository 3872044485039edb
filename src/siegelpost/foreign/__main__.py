"""A room of a command's own: ``python -m siegelpost.foreign DESCRIPTOR``; it ends with who started it."""

import os
import signal
import socket
import sys

import structlog

from siegelpost.foreign.host import Host, load_readers

if __name__ == "__main__":
    door = socket.socket(fileno=int(sys.argv[1]))
    # What a command prints is its own; who asked says what became of it.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal; who started it ends it
    never, _write = os.pipe()
    Host(door, load_readers()).run(never)
