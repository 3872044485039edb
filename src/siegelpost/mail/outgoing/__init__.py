"""Mails on their way out: the queue, the conversation with the mail server, and its own words."""
