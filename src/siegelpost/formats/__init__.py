"""How dates and numbers are written where they differ from Django's own ways."""
