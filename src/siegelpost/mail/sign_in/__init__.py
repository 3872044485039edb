"""Signing in to the office's mail account with Microsoft or Google in place of a password (OAuth 2.0)."""
