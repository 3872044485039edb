"""Further servers of the office, looked at once a day: its site, its mail server, its policies."""
