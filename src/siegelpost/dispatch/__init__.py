"""Dispatches: one sending to one recipient, from composing it to the last thing that happened to it."""
