"""What a recipient is shown: frozen at the moment of sending, with the files that travel along."""
