"""What the dispatches' room compares with the ledger when the whole installation is checked."""


def register() -> None:
    """Add the room's checks; called once Django's models are there."""
    from siegelpost.dispatch.checks import dispatches, files, mails, missing, withdrawals
    from siegelpost.ledger import findings
    from siegelpost.mail import checking

    for check in (
        findings.Check("dispatches", "Sendungen, Erklärungen, Fassungen", "Dispatches", dispatches.run),
        findings.Check(
            "deliveries", "Zustellungen, Antworten und Links", "Deliveries, answers, links", mails.deliveries
        ),
        findings.Check("withdrawals", "Widerrufe", "Withdrawals", withdrawals.run),
        findings.Check("missing", "Sendungen, die fehlen", "Missing dispatches", missing.run),
    ):
        findings.register(check)
    findings.register_files("dispatch", files.named)
    findings.register_erasures("dispatch", withdrawals.erased_with_their_dispatch)
    checking.register_reader("dispatch", mails.carried_checkpoints)
