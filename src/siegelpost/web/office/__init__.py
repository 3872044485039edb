"""The office, for phone and desk: one file of views per room."""
