"""Settings of mail beyond the mail server: the mailbox that is read, and what the sender's domain says."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.mail.domain import dkim, records
from siegelpost.mail.incoming import mailbox, standing, unfetched, unread
from siegelpost.mail.incoming.mailbox_form import MailboxForm
from siegelpost.mail.incoming.mailbox_settings import configured
from siegelpost.mail.models import MailboxSettings, SigningKey
from siegelpost.mail.outgoing import server_settings
from siegelpost.settings import load


@require_http_methods(["GET", "POST"])
def incoming(request: HttpRequest) -> HttpResponseBase:
    """The mailbox for bounces and answers; what was saved is tried at once."""
    form = MailboxForm(request.POST or None, instance=MailboxSettings.current())
    if request.method == "POST" and form.is_valid():
        mailbox.save(form.save(commit=False), password=form.new_password)
        if form.cleaned_data["host"]:
            return redirect("settings_mailbox_probe")
        messages.success(request, _("Gespeichert. Es wird kein Postfach gelesen."))
        return redirect("settings_mail")
    context = {
        "form": form,
        "given": load().imap_host,
        "in_port": load().mail_in_port,
        "unread": unread.waiting(),
        **_standing(),
    }
    return render(request, "settings/mailbox.html", context, status=422 if form.errors else 200)


def _standing() -> dict[str, object]:
    read = configured()
    if read is None:
        return {}
    known = standing.of(read)
    return {"standing": known, "why": standing.explained(known, read), "unfetched": unfetched.stuck()}


@require_POST
def unread_done(request: HttpRequest) -> HttpResponseBase:
    """Somebody has looked after the mails that could not be read."""
    unread.looked_after()
    return redirect("settings_mailbox")


@require_safe
def incoming_probe(request: HttpRequest) -> HttpResponseBase:
    """Try the mailbox that is entered; reads nothing."""
    entered = configured()
    if entered is None:
        return redirect("settings_mailbox")
    return render(request, "settings/mailbox_probe.html", {"trial": mailbox.try_out(entered), "mailbox": entered})


@require_safe
def domain(request: HttpRequest) -> HttpResponseBase:
    """What the sender's domain publishes, and the key for signatures."""
    name = server_settings.sender_domain()
    if name is None:
        return redirect("settings_mail")
    return render(request, "settings/mail_domain.html", {"domain": name, "key": dkim.key_of(name)})


@require_safe
def domain_findings(request: HttpRequest) -> HttpResponseBase:
    """The DNS's answers, asked for after the page is there: they may take some seconds. Without scripts, a page."""
    name = server_settings.sender_domain()
    findings = records.examine(name, own=dkim.key_of(name)) if name else ()
    part = request.headers.get("HX-Request") == "true"
    template = "settings/mail_domain_findings.html" if part else "settings/mail_domain_dns.html"
    return render(request, template, {"findings": findings, "domain": name})


@require_POST
def sign(request: HttpRequest) -> HttpResponseBase:
    """Make a key, begin to sign once its record is published, or stop."""
    name = server_settings.sender_domain()
    key = dkim.key_of(name) if name else None
    match request.POST.get("do"), key:
        case "make", _any if name:
            dkim.make_key(name)
            messages.success(request, _("Der Schlüssel ist da. Jetzt den Eintrag im DNS anlegen."))
        case "start", SigningKey():
            match dkim.start(key):
                case True:
                    messages.success(request, _("Ab jetzt werden die Mails signiert."))
                case False:
                    messages.error(
                        request, _("Der Eintrag ist im DNS noch nicht zu sehen. Es wird noch nichts signiert.")
                    )
                case None:
                    messages.error(request, _("Das DNS antwortet gerade nicht. Es bleibt alles, wie es ist."))
        case "stop", SigningKey():
            dkim.stop(key.domain)
            messages.success(
                request, _("Es wird nicht mehr signiert. Den Eintrag im DNS bitte noch eine Woche stehen lassen.")
            )
    return redirect("settings_mail_domain")
