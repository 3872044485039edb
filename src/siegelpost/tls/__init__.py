"""Certificates and HTTPS: the store, how a certificate comes into it, and the front that serves it."""
