"""Registers the room with Django, and with the mail room as a listener."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """Settings of this room for Django."""

    name = "siegelpost.dispatch"
    label = "dispatch"

    def ready(self) -> None:
        """Hear what the mail server says about our mails and what is answered to them; have its rows checked."""
        from siegelpost.dispatch import checks
        from siegelpost.dispatch.delivery.events import on_mail_change, on_mail_received
        from siegelpost.dispatch.recipient import replies
        from siegelpost.mail.incoming.routing import before_arrival, on_arrival
        from siegelpost.mail.outgoing.transitions import on_change

        on_change(on_mail_change)
        before_arrival(replies.work_out)
        on_arrival(on_mail_received)
        checks.register()
