"""Measuring the recipient's hot path against nginx: see ``__main__``."""
