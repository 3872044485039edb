"""Contacts from a file: upload, what columns mean, how far the server is, what is in it, what became of it."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from siegelpost.contacts.address_books import books
from siegelpost.contacts.address_books.field_words import LINES, WORDS
from siegelpost.contacts.models import AddressBook
from siegelpost.foreign.errors import BusyError, TooExpensiveError
from siegelpost.toolbox.language import active_language
from siegelpost.web.office import file_work
from siegelpost.web.office.access import agent_of

PAGE_LENGTH = 100
MOST_SHOWN = 20
_REFUSALS: dict[books.VCardReason, Promise] = {
    books.VCardReason.NO_CARD: _lazy(
        "Darin ist keine vCard und keine Tabelle, in der Spalten durch Semikolon, Komma oder Tabulator getrennt sind. "
        "Aus Excel speichern Sie das Blatt bitte als CSV."
    ),
    books.VCardReason.TOO_LARGE: _lazy(
        "Die Datei ist zu groß: vCards dürfen mit ihren Fotos 128 MiB groß sein, Tabellen 64 MiB. Bitte teilen Sie sie."
    ),
    books.VCardReason.TOO_MANY: _lazy(
        "Darin sind mehr als 20.000 Kontakte oder mehr als 250 Spalten. Bitte teilen Sie die Datei."
    ),
}


def _found(book_id: uuid.UUID) -> AddressBook:
    try:
        return books.one(book_id)
    except AddressBook.DoesNotExist as error:
        raise Http404 from error


_acts = file_work.answers_too_late(_found, books.TooLateError, "contact_book")


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponseBase:
    """Take a file in; below, what was brought in lately."""
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is not None:
                content = file.read(books.LARGEST + 1)
                return redirect(books.begin(content, file.name or "", agent=agent_of(request)))
            error = _("Bitte wählen Sie eine Datei aus.")
        except books.VCardError as refused:
            error = str(_REFUSALS[refused.reason])
        except books.TooManyBooksError:
            error = _("Es liegen schon viele Dateien hier, die nicht fertig sind. Bitte räumen Sie unten erst auf.")
        except (TooExpensiveError, BusyError) as refused:
            error = refused.text(active_language())
    context = {"error": error, "shown": books.fresh()[:MOST_SHOWN]}
    return render(request, "contacts/import.html", context, status=422 if error else 200)


@require_safe
def one(request: HttpRequest, book_id: uuid.UUID) -> HttpResponseBase:
    """Where one address book stands; while the server is at it, the bar alone is asked for again and again."""
    book = _found(book_id)
    if file_work.is_part(request):
        return file_work.is_over(request, book.state) or render(
            request, "contacts/book_bar.html", {"book": book, "progress": books.progress(book)}
        )
    if book.at_work:
        return render(request, "contacts/book.html", {"book": book, "progress": books.progress(book)})
    if book.state == "mapping":
        return render(request, "contacts/book.html", {"book": book, "columns": books.columns(book), "words": WORDS})
    page = Paginator(books.entries(book), PAGE_LENGTH).get_page(request.GET.get("page"))
    unread = [(LINES.get(name, name), count) for name, count in book.unread.items()]
    counts = books.counts(book)
    context = {"book": book, "counts": counts, "page": page, "unread": unread, "kept_for": books.KEPT_FOR.days}
    return render(request, "contacts/book.html", context)


@_acts
def map_columns(request: HttpRequest, book: AddressBook) -> str:
    """Say what the columns mean, or go back to saying it."""
    if "again" in request.POST:
        books.again(book)
        return book.get_absolute_url()
    try:
        books.map_columns(book, request.POST.getlist("field"))
    except ValueError:
        messages.error(request, _("Diese Zuordnung passt nicht zur Datei. Bitte wählen Sie noch einmal."))
    return book.get_absolute_url()


@_acts
def choose(request: HttpRequest, book: AddressBook) -> str:
    """Keep what was ticked on this page, then do what was pressed."""
    shown, ticked = (_places(request.POST.getlist(name)) for name in ("shown", "take"))
    books.choose(book, shown=shown, ticked=ticked)
    act = request.POST.get("act", "")
    if act in ("all", "new"):
        books.choose_all(book, new_only=act == "new")
    elif act == "take" and not books.counts(book).chosen:
        messages.error(request, _("Bitte kreuzen Sie mindestens einen Kontakt an."))
    elif act == "take":
        books.take(book)
    return book.get_absolute_url() + (f"?page={act}" if act.isdecimal() else "")


@_acts
def throw_away(request: HttpRequest, book: AddressBook) -> str:
    """Forget the file."""
    books.throw_away(book)
    messages.success(request, _("„%(name)s“ ist verworfen. Es wurde nichts verändert.") % {"name": book.name})
    return "contacts_import"


@_acts
def undo(request: HttpRequest, book: AddressBook) -> str:
    """Take back what was made."""
    books.undo(book)
    return book.get_absolute_url()


def _places(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 9]
