"""What each browser makes of a chain: one model for each, and what they have in common."""
