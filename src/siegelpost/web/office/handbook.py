"""The manual: its contents by reader, a search that needs no script, each page, all of it at once to be printed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from siegelpost.handbook import pages, search
from siegelpost.handbook.pages import Addresses, ManualPage, page_of
from siegelpost.handbook.topics import BY_SLUG, READERS, TOPICS
from siegelpost.office.models import Agent
from siegelpost.toolbox.language import active_language
from siegelpost.web.office.access import hand_over_of

ADDRESSES = Addresses(
    office=reverse,
    manual=lambda slug: reverse("help_page", args=[slug]),
    picture=lambda name: reverse("help_picture", args=[name]),
)


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """What there is to read, by reader; or what was found."""
    language, query = active_language(), request.GET.get("q", "")[:200].strip()
    chapters = [
        (words[language], [page_of(topic, language) for topic in TOPICS if topic.reader == reader])
        for reader, words in READERS.items()
    ]
    found = search.find(query, language)
    return _shown(request, "handbook/contents.html", chapters=chapters, query=query, found=found)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page."""
    if slug not in BY_SLUG:
        raise Http404
    shown = page_of(BY_SLUG[slug], active_language())
    return _shown(request, "handbook/page.html", page=shown, html=shown.html(ADDRESSES))


@require_safe
def whole(request: HttpRequest) -> HttpResponse:
    """All pages one after another, as they are printed."""
    every: list[ManualPage] = [page_of(topic, active_language()) for topic in TOPICS]
    return _shown(
        request, "handbook/whole.html", every=[(one, one.html(ADDRESSES, among_others=True)) for one in every]
    )


@require_safe
def picture(_request: HttpRequest, name: str) -> HttpResponse:
    """A picture of the manual."""
    file = pages.PICTURES / name
    # A name out of an address is one of the folder's own, or none.
    if file not in pages.PICTURES.iterdir():
        raise Http404
    return HttpResponse(file.read_bytes(), content_type="image/webp")


def _shown(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """In the office's frame for whoever is at work there, else by itself: the locked out need help, too."""
    at_work = isinstance(request.user, Agent) or hand_over_of(request) is not None
    frame = "office.html" if at_work else "door.html"
    return render(request, template, {"frame": frame, "at_work": at_work, **context})
