"""Registered mail: message and files stay here, the recipient accepts or refuses, and each step has its receipt."""
