"""What the dispatches' room compares with the ledger when the whole installation is checked."""


def register() -> None:
    """Add the room's checks; called once Django's models are there."""
    from siegelpost.dispatch.checks import dispatches, files, mails, missing, withdrawals
    from siegelpost.ledger import inspection
    from siegelpost.mail import checks
    from siegelpost.toolbox.words import Words

    for check in (
        inspection.FsckCheck("dispatches", Words("Sendungen, Erklärungen, Fassungen", "Dispatches"), dispatches.run),
        inspection.FsckCheck(
            "deliveries", Words("Zustellungen, Antworten und Links", "Deliveries, answers, links"), mails.deliveries
        ),
        inspection.FsckCheck("withdrawals", Words("Widerrufe", "Withdrawals"), withdrawals.run),
        inspection.FsckCheck("missing", Words("Sendungen, die fehlen", "Missing dispatches"), missing.run),
    ):
        inspection.register(check)
    inspection.register_files("dispatch", files.named)
    inspection.register_erasures("dispatch", withdrawals.erased_with_their_dispatch)
    checks.register_reader("dispatch", mails.carried_checkpoints)
