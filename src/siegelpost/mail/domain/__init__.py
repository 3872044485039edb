"""What the sender's domain says to the world about its mails."""
