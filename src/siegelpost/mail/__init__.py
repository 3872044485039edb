"""The mail room: the queue of outgoing mail, its delivery with the mail server's own words, and bounces."""
