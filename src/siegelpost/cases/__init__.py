"""What goes across dispatches, contacts, properties and mails: one person's or one property's whole case."""
