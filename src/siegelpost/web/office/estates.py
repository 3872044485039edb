"""Properties: list, one property, its form, its pictures."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost import storage
from siegelpost.cases import history
from siegelpost.dispatch import search as dispatches
from siegelpost.dispatch.recipient import to_do
from siegelpost.estates import commission, editor, energy, search
from siegelpost.estates.expose import snapshot
from siegelpost.estates.forms import EstateForm, MediaForm
from siegelpost.estates.imports import upload
from siegelpost.estates.kinds import MediaGroup, Status
from siegelpost.estates.media import MediaError
from siegelpost.estates.models import Estate, Media
from siegelpost.estates.search_form import FilterForm
from siegelpost.web.office.contacts import before

PAGE_LENGTH = 40
MOST_AT_ONCE = 40
# What was removed last, in the session, for as long as somebody may want it back.
_REMOVED = "removed_media"
# Says that a script asks, which wants a status and words instead of a page.
_ONE_BY_ONE = "X-One-By-One"


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Properties, narrowed by search and filters; as one types only the results are sent."""
    form = FilterForm(request.GET)
    page = Paginator(search.narrowed(form.wanted()), PAGE_LENGTH).get_page(request.GET.get("page"))
    part = request.headers.get("HX-Request") == "true"
    context = {"page": page, "form": form, "narrowed": form.narrows()}
    if not part:
        context |= {"towns": search.towns(), "latest": upload.latest()}
    return render(request, "estates/results.html" if part else "estates/index.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: uuid.UUID | None = None) -> HttpResponseBase:
    """A new property, or one to change."""
    estate = search.one(public_id) if public_id else Estate(status=Status.ACTIVE)
    form = EstateForm(request.POST or None, instance=estate)
    if request.method == "POST" and form.is_valid():
        saved = editor.save(form)
        messages.success(request, _("„%(title)s“ ist gespeichert.") % {"title": saved.title})
        return redirect("estate" if public_id else "estate_media", saved.public_id)
    context = {"form": form, "estate": estate if public_id else None}
    return render(request, "estates/edit.html", context, status=422 if form.errors else 200)


@require_safe
def detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One property as the office sees it, and to whom it went."""
    estate = search.one(public_id)
    stream = history.of_estate(estate, before=before(request))
    if request.headers.get("HX-Request") == "true":
        return render(request, "diary/stream.html", {"estate": estate, "stream": stream})
    context = {
        "estate": estate,
        "stream": stream,
        "to_dos": to_do.waiting(dispatches.of_estate(estate)),
        "expose": snapshot(estate)["after"],
        "pictures": search.pictures(estate),
        "warnings": energy.missing(estate),
        "commission_open": (open_ := commission.unclear(estate)),
        "vat_is_open": bool(open_) and not estate.commission_open and commission.is_vat_open(estate),
        "is_archived": estate.status == Status.ARCHIVED,
    }
    return render(request, "estates/detail.html", context)


@require_POST
def commission_answer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """What the agent decides about a commission that was left open."""
    estate = search.one(public_id)
    try:
        editor.decide_commission(estate, editor.CommissionAnswer(request.POST.get("answer", "")))
    except (editor.RefusedError, ValueError):
        messages.warning(request, _("Inzwischen ist es anders. So steht es jetzt; es wurde nichts verändert."))
    else:
        messages.success(request, _("Die Provision ist entschieden."))
    return redirect("estate", estate.public_id)


@require_http_methods(["GET", "POST"])
def archive(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then archive; or bring an archived property back."""
    estate = search.one(public_id)
    if request.method == "POST":
        back = estate.status == Status.ARCHIVED
        editor.set_status(estate, Status.ACTIVE if back else Status.ARCHIVED)
        text = _("„%(title)s“ ist wieder aktiv.") if back else _("„%(title)s“ ist im Archiv.")
        messages.success(request, text % {"title": estate.title})
        return redirect("estate", estate.public_id)
    return render(request, "estates/archive.html", {"estate": estate})


# Pictures and documents


@require_http_methods(["GET", "POST"])
def media(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """All pictures and documents of a property; several are taken at once."""
    estate = search.one(public_id)
    if request.method == "POST":
        refused = []
        files = request.FILES.getlist("files")
        group = request.POST.get("group", "")
        for file in files[:MOST_AT_ONCE]:
            try:
                editor.add_media(
                    estate,
                    file.read(),
                    name=file.name or "",
                    group=MediaGroup(group) if group in MediaGroup.values else MediaGroup.PICTURE,
                )
            except (MediaError, editor.RefusedError) as error:
                refused.append(str(error))
        if _ONE_BY_ONE in request.headers:
            return HttpResponse("\n".join(refused), status=422 if refused else 204, content_type="text/plain")
        for reason in refused:
            messages.error(request, reason)
        taken = len(files[:MOST_AT_ONCE]) - len(refused)
        if taken:
            messages.success(request, _("%(count)d übernommen, ohne Ort und Zeit der Aufnahme.") % {"count": taken})
        if len(files) > MOST_AT_ONCE:
            messages.warning(request, _("Mehr als %(most)d auf einmal gehen nicht.") % {"most": MOST_AT_ONCE})
        return redirect("estate_media", estate.public_id)
    items = [(one, MediaForm(instance=one, prefix=str(one.public_id))) for one in estate.media.all()]
    removed = request.session.get(_REMOVED, {}).get("estate") == str(estate.public_id)
    context = {"estate": estate, "items": items, "groups": MediaGroup.choices, "removed": removed}
    return render(request, "estates/media.html", context)


@require_POST
def media_edit(request: HttpRequest, public_id: uuid.UUID, media_id: uuid.UUID) -> HttpResponseBase:
    """Title, group, place and end of one picture, by which button was pressed."""
    estate = search.one(public_id)
    one = search.media_of(estate, media_id)
    act = request.POST.get("act", "save")
    try:
        if act in ("up", "down"):
            editor.reorder_media(estate, _moved(estate, one, -1 if act == "up" else 1))
        elif act == "cover":
            editor.make_cover(one)
        elif act == "delete":
            request.session[_REMOVED] = {"estate": str(estate.public_id), "fields": editor.delete_media(one)}
        else:
            editor.change_media(MediaForm(request.POST, instance=one, prefix=str(one.public_id)))
    except editor.RefusedError as error:
        if _ONE_BY_ONE in request.headers:
            return HttpResponse(str(error), status=422, content_type="text/plain")
        messages.error(request, str(error))
    if _ONE_BY_ONE in request.headers:
        return HttpResponse(status=204)
    # Back to where one was; what was removed is brought back at the top.
    at = "" if act == "delete" else f"#p-{one.public_id}"
    return redirect(reverse("estate_media", args=[estate.public_id]) + at)


@require_POST
def media_restore(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Undo the last removal."""
    estate = search.one(public_id)
    removed = request.session.pop(_REMOVED, {})
    if removed.get("estate") == str(estate.public_id):
        try:
            editor.restore_media(estate, removed["fields"])
        except editor.RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Das Bild ist wieder da."))
    return redirect("estate_media", estate.public_id)


@require_POST
def media_order(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The order that dragging made: the pictures' ids, one ``id`` each."""
    try:
        editor.reorder_media(search.one(public_id), [uuid.UUID(value) for value in request.POST.getlist("id")])
    except (editor.RefusedError, ValueError):
        return HttpResponse(status=409)
    return HttpResponse(status=204)


def _moved(estate: Estate, one: Media, by: int) -> list[uuid.UUID]:
    order = [each.public_id for each in estate.media.all()]
    at = order.index(one.public_id)
    to = min(max(at + by, 0), len(order) - 1)
    order.insert(to, order.pop(at))
    return order


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
