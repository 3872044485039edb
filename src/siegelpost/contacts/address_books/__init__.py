"""Whole address books brought in: read, compared with who is known, shown, taken in and, if need be, taken back."""
