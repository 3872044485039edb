"""Django's templates of the office, as they are sent."""

from pathlib import Path

from django.template import Origin
from django.template.loaders.app_directories import Loader

from siegelpost.templating import unindented

FOLDER = str(Path(__file__).parent / "templates")


class Unindented(Loader):
    """Those of this program without their indentation; those of others as they are."""

    def get_contents(self, origin: Origin) -> str:
        source = super().get_contents(origin)
        return unindented(source) if origin.name.startswith(FOLDER) else source
