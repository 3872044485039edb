"""The withdrawal function (§ 356a BGB), its receipt, and the page on which its address says which contract it means."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from siegelpost.dispatch import links
from siegelpost.dispatch.frozen.withdrawal_pdf import is_test, number_of, withdrawal_pdf
from siegelpost.dispatch.links import LinkUnknownError
from siegelpost.dispatch.models import Dispatch, Kind, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_confirmation, withdrawal_receipt, withdrawals
from siegelpost.dispatch.recipient.withdrawal_confirmation import ConfirmationUnknownError
from siegelpost.dispatch.recipient.withdrawal_receipt import ReceiptUnknownError
from siegelpost.toolbox import limits
from siegelpost.toolbox.language import active_language
from siegelpost.web import throttle, visitors
from siegelpost.web.recipient.forms import WithdrawalForm
from siegelpost.web.recipient.outcomes import SeeOther, address_of, lead_to, outcome_of
from siegelpost.web.recipient.pages import Answer
from siegelpost.web.recipient.views import client_of, explained, from_here, office_page, response_of


@never_cache
@from_here
@explained
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, token: str | None = None) -> HttpResponseBase:
    """The function, on the page of a dispatch or at the public address: whatever is limited, it takes every one in."""
    dispatch = links.find(token, kind=Kind.SECURE_EXPOSE) if token else None
    if dispatch and not withdrawals.may_withdraw(dispatch):
        raise LinkUnknownError
    language, test = (dispatch.language, dispatch.test) if dispatch else (active_language(), False)
    with translation.override(language):
        initial = {
            "name": dispatch.contact.full_name if dispatch else "",
            "email": dispatch.contact.email if dispatch else "",
            "contract": dispatch.subject if dispatch else "",
        }
        if request.method != "POST":
            # Nothing that an address says stands in the public form: its writer could be anybody.
            outcome = outcome_of(request) if dispatch else None
            form = WithdrawalForm(outcome.words if outcome else None, initial=initial)
            return response_of(_form_page(language, form, 422 if outcome else 200, test=test))
        form = WithdrawalForm(request.POST)
        if not form.is_valid():
            if not dispatch:
                return response_of(_form_page(language, form, 422, test=test))
            typed = {name: request.POST.get(name, "") for name in form.fields}
            return lead_to(address_of(request), "withdraw", at="error", **typed)
        made = withdrawals.withdraw(
            **form.cleaned_data,
            token=token,
            client=client_of(request),
            language=language,
            page=_form_page(language, WithdrawalForm(), test=test).body,
        )
        if made.acknowledgement_held and _may_acknowledge(request, made, dispatch):
            withdrawal_receipt.try_to_acknowledge(made)
        return SeeOther(f"/widerruf/{withdrawal_receipt.address_of(made)}/eingang/")


@never_cache
@explained
@require_safe
def done(_request: HttpRequest, token: str) -> HttpResponseBase:
    """That a withdrawal came in, as long as its receipt is there: no limit keeps anybody from reading it."""
    made = _received(token)
    with translation.override(made.language):
        page = office_page(
            "withdrawal_done",
            made.language,
            200,
            withdrawal=made,
            number=number_of(made),
            receipt=f"/widerruf/{token}/beleg/",
            test=is_test(made),
        )
    return response_of(page)


def _form_page(language: str, form: WithdrawalForm, status: int = 200, *, test: bool) -> Answer:
    said = withdrawals.said(language)
    return office_page("withdraw", language, status, form=form, said=said, test=test)


def _may_acknowledge(request: HttpRequest, made: Withdrawal, dispatch: Dispatch | None) -> bool:
    """Whether another mail may go out now, because of what strangers typed in; else it goes out later."""
    try:
        if dispatch:
            throttle.spend(limits.WITHDRAW_BY_LINK, str(dispatch.public_id))
            return True
        throttle.spend(limits.WITHDRAW_BY_CLIENT, visitors.of(request))
        throttle.spend(limits.WITHDRAW_TO_ADDRESS, made.email)
        throttle.spend(limits.WITHDRAW_PUBLIC, "all")
    except throttle.TooOftenError:
        return False
    return True


@never_cache
@explained
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponseBase:
    """The acknowledgement as a PDF, with all that was declared."""
    throttle.spend(limits.RECIPIENT_ACT, visitors.of(request))
    found = _received(token)
    with translation.override(found.language):
        name = _("Eingangsbestätigung.pdf")
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(withdrawal_pdf(found), content_type="application/pdf", headers=headers)


def _received(token: str) -> Withdrawal:
    try:
        return withdrawal_receipt.find(token)
    except ReceiptUnknownError:
        raise LinkUnknownError from None


@never_cache
@from_here
@explained
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """Which contract is meant, from the contract's own address: a look changes nothing, a press ends it."""
    client = client_of(request)
    try:
        found = withdrawal_confirmation.find(token)
        if request.method == "POST":
            throttle.spend(limits.RECIPIENT_ACT, visitors.of(request))
            withdrawal_confirmation.confirm(token, _chosen(request), client)
            return SeeOther(address_of(request))
    except ConfirmationUnknownError:
        raise LinkUnknownError from None
    page = office_page(
        "withdrawal_confirm",
        found.language,
        200,
        withdrawal=found,
        contracts=withdrawal_confirmation.offered(found),
        test=is_test(found),
    )
    return response_of(page)


def _chosen(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("contract", ""))
    except ValueError:
        raise ConfirmationUnknownError from None
