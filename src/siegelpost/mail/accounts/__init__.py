"""The office's mail account as a whole: signing in to it, and warning before it ends."""
