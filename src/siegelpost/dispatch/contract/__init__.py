"""The contract that came about: its PDF, its partners, its records, and what came after."""
