"""What a phone needs to install the office as an app."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from siegelpost.cases import erasure
from siegelpost.office.current import the_office
from siegelpost.web.templatetags.office import asset

GROUND = "#f3f5f4"


@require_safe
def erased(request: HttpRequest) -> HttpResponseBase:
    """For phones that keep pages: another text whenever somebody was erased."""
    return HttpResponse(erasure.newest(), content_type="text/plain")


@require_safe
def manifest(request: HttpRequest) -> HttpResponseBase:
    """The web app manifest: the office's name, the icons, and the ways in that a long press offers."""
    office = the_office()
    icons = [
        {"src": asset("icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": asset("icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": asset("icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    ways = ((_("Exposé senden"), "/send/"), (_("Kontakte"), "/contacts/"), (_("Objekte"), "/estates/"))
    found = {
        "id": "/",
        "name": office.name or "Siegelpost",
        "short_name": "Siegelpost",
        "lang": office.language,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": office.colour,
        "icons": icons,
        "shortcuts": [{"name": name, "url": url} for name, url in ways],
    }
    return JsonResponse(found, content_type="application/manifest+json")
