"""Signing in to the mail account with Microsoft or Google: how it stands, the guided set-up, there and back."""

from dataclasses import asdict
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.mail.accounts import guide, registration
from siegelpost.mail.accounts.form import SignInForm
from siegelpost.mail.accounts.warnings import alarms
from siegelpost.mail.models import MailSignIn, SignInKey
from siegelpost.mail.sign_in import certificates, tokens
from siegelpost.mail.sign_in.models import Credential, ProviderName
from siegelpost.mail.sign_in.providers import PROVIDERS
from siegelpost.mail.sign_in.troubles import ROWS, SignInError, named
from siegelpost.settings import load

_SESSION = "mail_sign_in"


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """How it stands; without a registration, the way to one."""
    sign_in, public = MailSignIn.current(), load().public_address
    if sign_in is None:
        return redirect("mail_sign_in_set_up")
    keys = [
        {"key": each, "sha1": certificates.fingerprint(each, hashes.SHA1())}  # noqa: S303 - as Microsoft shows it
        for each in SignInKey.objects.order_by("-active")
    ]
    context = {
        "sign_in": sign_in,
        "alarms": alarms(),
        "by_certificate": sign_in.credential == Credential.CERTIFICATE,
        "keys": keys,
        "consents": bool(PROVIDERS[ProviderName(sign_in.provider)].consent),
        # The provider sends people back to the public address, where this browser may not be signed in.
        "elsewhere": "" if request.get_host() == urlsplit(public).netloc else public,
        **_explained(request),
    }
    return render(request, "settings/mail_sign_in.html", context)


def _explained(request: HttpRequest) -> dict[str, object]:
    """What somebody copied from an error page of the provider, in words."""
    said = request.GET.get("said", "")[:2000]
    return {"said": said, "row": ROWS[named(said)] if said.strip() else None}


@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponseBase:
    """First with whom, then step by step what is to be done there and entered here."""
    known = MailSignIn.current()
    chosen = request.GET.get("provider", known.provider if known else ProviderName.MICROSOFT.value)
    if chosen not in ProviderName.values:
        raise Http404
    provider = ProviderName(chosen)
    form = SignInForm(request.POST or None, instance=known or MailSignIn(pk=1), provider=provider)
    if request.method == "POST" and form.is_valid():
        registration.save(form.save(commit=False), secret=form.new_secret)
        messages.success(request, _("Gespeichert. Angemeldet wird auf dieser Seite."))
        return redirect("mail_sign_in")
    mailbox = known.mailbox if known else ""
    credential = Credential(form.instance.credential)
    context = {
        "form": form,
        "provider": provider,
        "providers": ProviderName.choices,
        "steps": guide.steps(provider, credential, mailbox),
        "known": known,
    }
    return render(request, "settings/mail_sign_in_set_up.html", context, status=422 if form.errors else 200)


@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate to upload at the provider, as a file."""
    key = SignInKey.objects.filter(pk=pk).first()
    if key is None:
        raise Http404
    name = f"siegelpost-{key.ends_at:%Y-%m-%d}.cer"
    return HttpResponse(
        key.certificate,
        content_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
def leave(request: HttpRequest) -> HttpResponseBase:
    """To the provider: to sign in, or to agree for everybody. Followed as a link, for a form may not lead elsewhere."""
    sign_in = MailSignIn.current()
    if sign_in is None:
        return redirect("mail_sign_in_set_up")
    to = registration.consent(sign_in) if request.GET.get("consent") else registration.leave(sign_in)
    if not to.url:
        return redirect("mail_sign_in")
    request.session[_SESSION] = asdict(to)
    return redirect(to.url)


@require_safe
def back(request: HttpRequest) -> HttpResponseBase:
    """Back from the provider; what came is taken once, and tried out at once."""
    kept = request.session.pop(_SESSION, None)
    try:
        signed_in = registration.come_back(request.GET.dict(), registration.Leaving(**kept) if kept else None)
    except SignInError as error:
        row = ROWS[error.trouble]
        messages.error(request, " ".join(filter(None, [str(row.text), str(row.remedy), error.words])))
        return redirect("mail_sign_in")
    if not signed_in:
        messages.success(request, _("Die Zustimmung ist erteilt. Jetzt bitte anmelden."))
        return redirect("mail_sign_in")
    messages.success(request, _("Angemeldet. Bitte Mailserver und Postfach einmal ausprobieren."))
    return redirect("mail_sign_in")


@require_POST
def act(request: HttpRequest) -> HttpResponseBase:
    """Try it now, make a further certificate, or forget it all."""
    match request.POST.get("do"):
        case "check":
            try:
                tokens.renew(at_once=True)
            except SignInError as error:
                messages.error(request, str(ROWS[error.trouble].text))
            else:
                messages.success(request, _("Die Anmeldung gilt."))
        case "certificate":
            registration.new_certificate()
            messages.success(request, _("Das neue Zertifikat ist da. Laden Sie es bei der App zusätzlich hoch."))
        case "forget":
            registration.forget()
            messages.success(request, _("Abgemeldet. Löschen Sie beim Anbieter auch die App oder ihr Zertifikat."))
            return redirect("settings_mail")
        case _:
            pass
    return redirect("mail_sign_in")
