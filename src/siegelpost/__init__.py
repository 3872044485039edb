"""Siegelpost: an open, self-hosted server for estate agents."""

__version__ = "0.1.0"
