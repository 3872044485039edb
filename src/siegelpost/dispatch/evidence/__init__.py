"""What is known of a dispatch, for how long, and how a stranger can check it."""
