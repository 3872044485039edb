"""Dispatches: list, one dispatch with its timeline, proof, taking back, sending again."""

import io
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.dispatch import address_correction, contact_reason, resend, returned_mail, search
from siegelpost.dispatch.contract import mabv_records, main_contract, seller_payment
from siegelpost.dispatch.delivery import status
from siegelpost.dispatch.evidence import retention, story, timeline
from siegelpost.dispatch.evidence.proof import NotHandedOutError, write_proof
from siegelpost.dispatch.frozen import property_documents
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.gate import void_orders
from siegelpost.dispatch.models import Kind
from siegelpost.dispatch.recipient import acts, to_do, withdrawal_desk
from siegelpost.dispatch.registered import overview
from siegelpost.dispatch.send import replacement, send
from siegelpost.dispatch.states import MAILED, TRANSITIONS, Act, DispatchState, NotPossibleError
from siegelpost.mail.outgoing.progress import progress
from siegelpost.office.models import Language
from siegelpost.toolbox.addresses import AddressError
from siegelpost.web.office import registered
from siegelpost.web.office import send as send_page
from siegelpost.web.office.access import agent_of

PAGE_LENGTH = 50
LABELS = {
    "all": gettext_lazy("Alle"),
    "under-way": gettext_lazy("Unterwegs"),
    "opened": gettext_lazy("Bestätigt"),
    "trouble": gettext_lazy("Zu erledigen"),
    "ended": gettext_lazy("Beendet"),
}
CODE_WANTED = {DispatchState.HELD, *MAILED, DispatchState.OPEN}
TOO_LATE = {
    Kind.SECURE_EXPOSE: gettext_lazy("Zu spät: Das Exposé ist schon freigegeben. Was gesehen ist, bleibt gesehen."),
    Kind.REGISTERED_MAIL: gettext_lazy(
        "Zu spät: Die Einschreiben-E-Mail ist schon angenommen, abgelehnt oder verfallen."
    ),
}


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Dispatches by the group of their state."""
    group = request.GET.get("state", "all")
    page = Paginator(search.find(group), PAGE_LENGTH).get_page(request.GET.get("page"))
    counts = search.counts()
    filters = [
        {"key": key, "label": label, "count": counts[key], "here": key == group} for key, label in LABELS.items()
    ]
    context = {
        "page": page,
        "did": acts.of(page.object_list),
        "filters": filters,
        "group": group,
        "progress": progress(),
    }
    return render(request, "dispatches/index.html", context)


@require_safe
def void(request: HttpRequest) -> HttpResponseBase:
    """Orders that likely made no contract, to be made anew."""
    return render(request, "dispatches/void_orders.html", {"listed": void_orders.listed()})


@require_safe
def going_out(request: HttpRequest) -> HttpResponseBase:
    """How far the outgoing mails are; asked for again while many wait."""
    return render(request, "dispatches/going_out.html", {"progress": progress()})


@require_safe
def detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One dispatch: what happened, as it is known; its timeline is asked for again while the page is open."""
    dispatch = search.one(public_id)
    state = DispatchState(dispatch.state)
    entries = timeline.of(dispatch)
    to_dos = to_do.waiting(search.find().filter(pk=dispatch.pk))
    seen = f"{state.value}-{len(entries)}-{sum(entry.sealed for entry in entries)}-{len(to_dos)}"
    part = request.headers.get("HX-Request") == "true"
    if part and request.GET.get("seen") == seen:
        # Nothing new: the page stays as it is, with whatever is focused on it.
        return HttpResponse(status=204)
    waiting = status.waiting(dispatch)
    untold = set(dispatch.untold_releases.values_list("document", flat=True))
    context = {
        "dispatch": dispatch,
        "timeline": entries,
        "story": story.told(entries, acts.of([dispatch])[dispatch.pk]),
        "seen": seen,
        "documents": [
            (one, one.is_open(dispatch.released), one.id not in untold)
            for one in property_documents.of_content(dispatch.content)
            if one.by_release
        ],
        "may_revoke": (state, Act.REVOKE) in TRANSITIONS,
        "may_replace": dispatch.kind == Kind.SECURE_EXPOSE and state in replacement.REPLACEABLE,
        "may_send_again": state in resend.POSSIBLE,
        "follower": resend.follower(dispatch),
        "is_order": mabv_records.is_order(dispatch),
        "occasion": contact_reason.of(dispatch.page),
        "may_note_contract": main_contract.may_note(dispatch),
        "may_note_payment": seller_payment.may_note(dispatch),
        "payment_proven_on": seller_payment.proven_on(dispatch) if dispatch.seller_paid_on else None,
        "void_order": void_orders.of_dispatch(dispatch),
        "kept_until": retention.ends(dispatch),
        "may_have_withdrawal": withdrawal_desk.takes_withdrawals(dispatch),
        "withdrawals": withdrawal_desk.of(dispatch),
        "declarations": dispatch.declarations.all(),
        "may_have_code": state in CODE_WANTED,
        "registered": overview.details(dispatch),
        "others": overview.others(dispatch),
        "under_way": state in search.GROUPS["under-way"],
        "waiting": waiting,
        "to_dos": to_dos,
        "may_try": any(one.may_try for one in waiting),
    }
    return render(request, "dispatches/standing.html" if part else "dispatches/detail.html", context)


@require_safe
def batch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One sending and the state of each of its dispatches at a glance; asked for again while the page is open."""
    found = overview.of(public_id)
    part = request.headers.get("HX-Request") == "true"
    if part and request.GET.get("seen") == found.seen:
        return HttpResponse(status=204)
    return render(request, "dispatches/batch_standing.html" if part else "dispatches/batch.html", {"overview": found})


@require_safe
def proof(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The proof as a zip, with the receipt in it."""
    dispatch = search.one(public_id)
    file = io.BytesIO()
    try:
        write_proof(dispatch, file)
    except NotHandedOutError as error:
        messages.error(request, error.text("en" if agent_of(request).language == Language.ENGLISH else "de"))
        return redirect("dispatch", dispatch.public_id)
    file.seek(0)
    name = _("nachweis-%(id)s.zip") % {"id": str(dispatch.public_id)[:8]}
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take the dispatch back."""
    dispatch = search.one(public_id)
    if request.method == "POST":
        try:
            send.revoke(dispatch, by=agent_of(request))
        except NotPossibleError:
            messages.error(request, TOO_LATE[Kind(dispatch.kind)])
        else:
            messages.success(request, _("Zurückgezogen. Der Link führt ab jetzt ins Leere."))
        return redirect("dispatch", dispatch.public_id)
    return render(request, "dispatches/revoke.html", {"dispatch": dispatch})


@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then put the exposé as the properties are now in the place of the one that was sent."""
    dispatch = search.one(public_id)
    if request.method != "POST":
        return render(request, "dispatches/replace.html", {"dispatch": dispatch})
    try:
        replacement.replace(dispatch, by=agent_of(request))
    except NotPossibleError:
        messages.error(request, _("Das geht in diesem Stand nicht mehr. Es wurde nichts ersetzt."))
    except replacement.OtherContractError:
        messages.error(
            request,
            _("Provision oder Regel haben sich geändert. Dafür braucht es eine neue Sendung; ersetzt wurde nichts."),
        )
    except NotReadyError as error:
        messages.error(request, " ".join(error.reasons))
    else:
        messages.success(request, _("Ersetzt. Die frühere Fassung bleibt im Nachweis."))
    return redirect("dispatch", dispatch.public_id)


@require_POST
def try_now(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Try at once to hand over what the mail server has put off."""
    dispatch = search.one(public_id)
    if status.try_now(dispatch):
        messages.success(request, _("Wird jetzt noch einmal versucht."))
    else:
        messages.info(request, _("Es wartet keine Mail mehr auf einen neuen Versuch."))
    return redirect("dispatch", dispatch.public_id)


@require_safe
def send_again(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """What would go out in the place of a dispatch that did not arrive, put together from what holds today."""
    dispatch = search.one(public_id)
    if dispatch.state not in resend.POSSIBLE:
        messages.error(request, send_page.NOT_AGAIN)
        return redirect("dispatch", dispatch.public_id)
    show = send_page.again if dispatch.kind == Kind.SECURE_EXPOSE else registered.again
    return show(request, dispatch)


@require_http_methods(["GET", "POST"])
def correct_address(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Correct the address to which it did not come; what would go out there is shown next."""
    dispatch = search.one(public_id)
    context: dict[str, object] = {"dispatch": dispatch, "warnings": returned_mail.warnings(dispatch.contact)}
    if request.method == "POST":
        typed = request.POST.get("email", "")
        try:
            address_correction.correct(dispatch, typed, by=agent_of(request))
        except AddressError as error:
            context |= {"typed": typed, "wrong": str(error)}
        except NotPossibleError:
            messages.error(request, send_page.NOT_AGAIN)
            return redirect("dispatch", dispatch.public_id)
        else:
            return redirect("dispatch_send_again", dispatch.public_id)
    return render(request, "dispatches/address.html", context, status=422 if "wrong" in context else 200)
