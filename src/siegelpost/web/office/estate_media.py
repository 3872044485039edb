"""Pictures and documents of a property: all of them, one of them, and what is done with several at once."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost import storage
from siegelpost.estates import editor, search, teasers
from siegelpost.estates.kinds import MediaGroup
from siegelpost.estates.media import MediaError
from siegelpost.estates.media_form import MediaForm
from siegelpost.estates.models import Estate, Media
from siegelpost.foreign.errors import BusyError
from siegelpost.toolbox.language import active_language
from siegelpost.web.office.lookup import asked_ids

MOST_AT_ONCE = 40
# What was removed last, in the session, for as long as somebody may want it back.
_REMOVED = "removed_media"
# Says that a script asks, which wants a status and words instead of a page.
_ONE_BY_ONE = "X-One-By-One"


@require_http_methods(["GET", "POST"])
def media(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """All pictures and documents of a property; several are taken at once."""
    estate = search.one(public_id)
    if request.method == "POST":
        return _add(request, estate)
    items = list(estate.media.all())
    context = {
        "estate": estate,
        "pictures": [one for one in items if one.is_picture],
        "documents": [one for one in items if not one.is_picture],
        "groups": MediaGroup.choices,
        "removed": len(_removed_of(request, estate)),
    }
    return render(request, "estates/media.html", context)


def _add(request: HttpRequest, estate: Estate) -> HttpResponseBase:
    refused, taken = [], []
    files = request.FILES.getlist("files")
    for file in files[:MOST_AT_ONCE]:
        try:
            group = _group(request.POST.get("group", ""))
            taken.append(editor.add_media(estate, file.read(), name=file.name or "", group=group))
        except (MediaError, editor.RefusedError) as error:
            refused.append(str(error))
        except BusyError as error:
            if _ONE_BY_ONE in request.headers:  # it is offered once more
                return HttpResponse(error.text(active_language()), status=503, content_type="text/plain")
            refused.append(error.text(active_language()))
    if _ONE_BY_ONE in request.headers:
        return HttpResponse("\n".join(refused), status=422 if refused else 204, content_type="text/plain")
    for reason in refused:
        messages.error(request, reason)
    _tell_taken(request, taken)
    if len(files) > MOST_AT_ONCE:
        messages.warning(request, _("Mehr als %(most)d auf einmal gehen nicht.") % {"most": MOST_AT_ONCE})
    return redirect("estate_media", estate.public_id)


def _group(value: str) -> MediaGroup:
    return MediaGroup(value) if value in MediaGroup.values else MediaGroup.PICTURE


def _tell_taken(request: HttpRequest, taken: list[Media]) -> None:
    pictures = sum(one.is_picture for one in taken)
    if pictures:
        text = ngettext(
            "%(n)d Bild übernommen, ohne Ort und Zeit der Aufnahme.",
            "%(n)d Bilder übernommen, ohne Ort und Zeit der Aufnahme.",
            pictures,
        )
        messages.success(request, text % {"n": pictures})
    if documents := len(taken) - pictures:
        text = ngettext("%(n)d Dokument übernommen.", "%(n)d Dokumente übernommen.", documents)
        messages.success(request, text % {"n": documents})


@require_POST
def several(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """What is done with all that were selected, by which button was pressed."""
    estate = search.one(public_id)
    try:
        chosen = _chosen(request)
        act = request.POST.get("act", "")
        if not chosen:
            messages.warning(request, _("Bitte wählen Sie zuerst Bilder oder Dokumente aus."))
        elif act == "delete":
            _remove(request, estate, chosen)
        elif act in _SEVERAL:
            _SEVERAL[act](request, estate, chosen)
    except editor.RefusedError as error:
        messages.error(request, str(error))
    return redirect("estate_media", estate.public_id)


def _chosen(request: HttpRequest) -> list[uuid.UUID]:
    """What was selected on the page.

    Raises:
        editor.RefusedError: something of it names nothing, as a page may that is of another day.
    """
    try:
        return asked_ids(request.POST.getlist("id"))
    except Http404:
        raise editor.RefusedError(editor.CHANGED) from None


def _remove(request: HttpRequest, estate: Estate, chosen: Sequence[uuid.UUID]) -> None:
    removed = editor.delete_chosen(estate, chosen)
    request.session[_REMOVED] = {"estate": str(estate.public_id), "media": removed}


def _removed_of(request: HttpRequest, estate: Estate) -> list[dict[str, Any]]:
    removed = request.session.get(_REMOVED, {})
    of_this = removed.get("estate") == str(estate.public_id)
    found: list[dict[str, Any]] = removed.get("media", []) if of_this else []
    return found


def _bring_forward(request: HttpRequest, estate: Estate, chosen: Sequence[uuid.UUID]) -> None:
    editor.bring_forward(estate, chosen)
    messages.success(request, _("Steht jetzt vorn."))


def _regroup(request: HttpRequest, estate: Estate, chosen: Sequence[uuid.UUID]) -> None:
    editor.regroup(estate, chosen, _group(request.POST.get("group", "")))
    messages.success(request, _("Gespeichert."))


_SEVERAL: dict[str, Callable[[HttpRequest, Estate, Sequence[uuid.UUID]], None]] = {
    "front": _bring_forward,
    "group": _regroup,
    "delete": _remove,
}


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: uuid.UUID, media_id: uuid.UUID) -> HttpResponseBase:
    """One picture or document with all that is said of it: to be changed, moved or removed."""
    estate = search.one(public_id)
    item = search.media_of(estate, media_id)
    order = [each for each in estate.media.all() if each.is_picture == item.is_picture]
    at = order.index(item)
    form = MediaForm(request.POST or None, instance=item)
    if request.method == "POST":
        act = request.POST.get("act", "save")
        try:
            if act == "save":
                editor.change_media(form)
            elif act == "delete":
                _remove(request, estate, [media_id])
            elif act == "cover":
                editor.make_cover(item)
            elif act == "show":
                teasers.show(item)
            elif act == "hide":
                teasers.hide(estate)
            elif act in _STEPS:
                editor.reorder_media(estate, _moved(order, at, _STEPS[act](at)))
        except (editor.RefusedError, teasers.NoPictureError) as error:
            if not form.errors:
                messages.error(request, str(error))
        if act in _STEPS or act in {"show", "hide"}:
            return redirect("estate_media_one", estate.public_id, media_id)
        if not (act == "save" and form.errors):
            # Back to where one was; what was removed is brought back at the top.
            mark = "" if act == "delete" else f"#p-{media_id}"
            return redirect(reverse("estate_media", args=[estate.public_id]) + mark)
    context = {
        "estate": estate,
        "one": item,
        "form": form,
        "place": at + 1,
        "all": len(order),
        "before": order[at - 1] if at else None,
        "after": order[at + 1] if at + 1 < len(order) else None,
    }
    return render(request, "estates/media_one.html", context, status=422 if form.errors else 200)


_STEPS: dict[str, Callable[[int], int]] = {"front": lambda at: 0, "up": lambda at: at - 1, "down": lambda at: at + 1}


def _moved(order: Sequence[Media], at: int, to: int) -> list[uuid.UUID]:
    ids = [each.public_id for each in order]
    ids.insert(min(max(to, 0), len(ids) - 1), ids.pop(at))
    return ids


@require_POST
def restore(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Undo the last removal."""
    estate = search.one(public_id)
    removed = _removed_of(request, estate)
    request.session.pop(_REMOVED, None)
    back = editor.restore_media(estate, removed)
    if back < len(removed):
        messages.warning(request, _("Was inzwischen neu hochgeladen war, bleibt, wie es ist."))
    if back:
        text = ngettext("%(n)d ist wieder da.", "%(n)d sind wieder da.", back)
        messages.success(request, text % {"n": back})
    return redirect("estate_media", estate.public_id)


@require_POST
def order(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The order that dragging made: the pictures' ids, one ``id`` each."""
    try:
        editor.reorder_media(search.one(public_id), _chosen(request))
    except editor.RefusedError:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@require_safe
@cache_control(private=True, max_age=86400, immutable=True)
def picture(request: HttpRequest, public_id: uuid.UUID, media_id: uuid.UUID, width: int) -> HttpResponseBase:
    """A rendition of a picture, as AVIF for browsers that say they can read it."""
    found = search.media_of(search.one(public_id), media_id).rendition(
        width, avif="image/avif" in request.headers.get("Accept", "")
    )
    if found is None:
        raise Http404
    sha256, kind = found
    return HttpResponse(storage.read(sha256), content_type=kind, headers={"Vary": "Accept"})


@require_safe
def document(request: HttpRequest, public_id: uuid.UUID, media_id: uuid.UUID) -> HttpResponseBase:
    """A document as it came, to be saved."""
    one = search.media_of(search.one(public_id), media_id)
    if one.is_picture:
        raise Http404
    return FileResponse(
        storage.path(one.sha256).open("rb"),
        as_attachment=True,
        filename=one.original_name or "dokument.pdf",
        content_type=one.media_type,
    )
