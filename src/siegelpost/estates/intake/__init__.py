"""Properties that come in by themselves: the office's own program hands them over as it does to a portal."""
