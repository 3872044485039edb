"""Django's registration of the properties app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EstatesConfig(AppConfig):
    """Label ``estates``; tables ``estates_estate`` and ``estates_media``."""

    name = "siegelpost.estates"
    label = "estates"
    verbose_name = _("Objekte")

    def ready(self) -> None:
        """Have the stored files looked for when the whole installation is checked."""
        from siegelpost.estates import checks
        from siegelpost.ledger import inspection

        inspection.register_files("estates", checks.stored_files)
