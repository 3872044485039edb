"""Every address of this server that Django answers."""

from django.urls import URLPattern, URLResolver, include, path

from siegelpost.web.office import settings

handler400 = "siegelpost.web.errors.bad_request"
handler403 = "siegelpost.web.errors.permission_denied"
handler404 = "siegelpost.web.errors.page_not_found"
handler500 = "siegelpost.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("siegelpost.web.recipient.urls")),
    path("", include("siegelpost.web.office.urls")),
    # A stylesheet for everybody, kept by browsers: it stands outside the table of pages.
    path("colour.css", settings.colour, name="colour"),
    path("logo.png", settings.logo, name="logo"),
]
