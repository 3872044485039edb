"""Certificates, cut into their parts and read as strictly as browsers read them (RFC 5280)."""
