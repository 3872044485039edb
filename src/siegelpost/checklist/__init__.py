"""The security checklist: what an office used to tick off on paper, found out by the machine."""
