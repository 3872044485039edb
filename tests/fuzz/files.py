"""Readers of whole files (pictures, logos, PDFs, address books …), as :mod:`tests.fuzz.readers` has them."""

from contextlib import suppress
from functools import cache


def picture(data: bytes) -> object:
    """As it is uploaded, and as many together are looked at before and drawn after an import."""
    from siegelpost.estates import pictures
    from siegelpost.estates.media_faults import MediaError

    for each in (*pictures.look_all([(data, "bild.jpg")]), *pictures.draw_all([(data, "bild.jpg")])):
        assert isinstance(each, pictures.Picture | MediaError)
    with suppress(MediaError):
        pictures.look(data, "bild.jpg")

    try:
        return pictures.draw(data, "bild.jpg")
    except MediaError as error:
        error.text("de")
        return False


def whole_zip(data: bytes) -> object:
    """What came into an account's folder, before it is taken over: a ZIP, or what ends as a document does."""
    import io

    from siegelpost.estates.intake import wholeness

    file = io.BytesIO(data)
    ends = wholeness.ends_as_openimmo(file)
    return (wholeness.is_zip(file) and wholeness.is_whole_zip(file)) or ends


def document(data: bytes) -> object:
    from siegelpost.estates import documents
    from siegelpost.estates.media_faults import MediaError

    try:
        return documents.clean(data, "plan.pdf").pages
    except MediaError:
        return False


def marked(data: bytes) -> object:
    from siegelpost.estates import marking

    try:
        return bool(marking.mark(data, _drawing()))
    except marking.NotMarkableError:
        return False


@cache
def _drawing() -> bytes:
    from siegelpost.estates import marking

    return marking.drawing("Mara Berger", "30. November 2026")


def logo(data: bytes) -> object:
    from siegelpost.office.logo import draw
    from siegelpost.office.pictures import PictureError

    try:
        return draw(data)
    except PictureError:
        return False


def photo(data: bytes) -> object:
    from siegelpost.office.photo import draw
    from siegelpost.office.pictures import PictureError

    try:
        return draw(data)
    except PictureError:
        return False


def vcard(data: bytes) -> object:
    from siegelpost.contacts import vcard_reader

    try:
        return vcard_reader.unpack(data).cards
    except vcard_reader.VCardError:
        return False


def table(data: bytes) -> object:
    from siegelpost.contacts import vcard_reader
    from siegelpost.contacts.address_books import tables

    try:
        found = tables.unpack(data)
    except vcard_reader.VCardError:
        return False
    fields = tables.guess(found.headings)
    return [tables.card(found.headings, fields, row) for row in found.rows]


def autoconfig(data: bytes) -> object:
    """What a mail domain says of its servers in a file."""
    from siegelpost.mail.discovery import autoconfig as reader

    try:
        found = reader.read(data, "vera@example.org")
    except reader.NoSettingsError:
        return False
    return found.smtp or found.imap
