"""Imports of properties: from the upload to what was brought in."""
