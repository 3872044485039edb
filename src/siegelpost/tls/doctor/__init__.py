"""The certificate doctor: what each browser will say about a chain, why, and what to do."""
