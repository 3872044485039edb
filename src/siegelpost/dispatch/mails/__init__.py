"""The mails of a dispatch: what they say, and what travels in them."""
