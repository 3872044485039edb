"""What became of the mails of a dispatch."""
