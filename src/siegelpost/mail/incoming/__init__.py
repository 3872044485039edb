"""Mails that come in: fetched or handed over, read, and what they say about mails of ours."""
