"""The certificate doctor: what each browser will say about a chain or a server, why, and what to do."""
