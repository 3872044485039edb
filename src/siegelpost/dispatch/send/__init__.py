"""Sending: what is composed and frozen, what is held and why, and what replaces it later."""
