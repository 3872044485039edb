"""Backups of a whole installation in one file, and bringing one back: ``siegelpost backup`` and ``restore``."""
