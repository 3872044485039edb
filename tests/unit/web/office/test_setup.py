"""Set-up in the order of need: each step can be left and come back to, and Heute lists what is left."""

import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.office import an_agent, an_estate, an_office

from siegelpost.certificates import overview
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox, sign_in_mail
from siegelpost.mail.outgoing.server_settings import NotConfiguredError
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, LegalText, Role
from siegelpost.web.office import setup

pytestmark = pytest.mark.django_db
OFFICE = {
    "name": "Muster Immobilien", "street": "Uferweg 12", "postal_code": "24103", "city": "Kiel", "phone": "0431 5",
    "email": "buero@muster.test", "colour": "#1f4d3f",
}  # fmt: skip


@pytest.fixture
def administrator() -> Agent:
    return an_agent(password="vier Wörter sind genug", role=Role.ADMINISTRATOR)


@pytest.fixture
def client(administrator: Agent) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def known(ok: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = GuardVerdict(ok, "https://office.test", timezone.now(), [])
    monkeypatch.setattr(guard, "known", lambda: verdict)


def left() -> list[str]:
    return [line.step.key for line in setup.left() if not line.done]


def test_a_new_office_goes_on_in_the_order_of_need_and_heute_lists_what_is_left(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set-up ended on an empty first page, and what blocked everything stood below the fold."""
    known(False, monkeypatch)
    assert client.get("/", secure=True)["Location"] == "/setup/office/"
    assert client.post("/setup/office/", OFFICE, secure=True)["Location"] == "/setup/certificate/"
    page = client.get("/setup/certificate/", secure=True).content.decode()
    assert 'href="/certificate/assistant/"' in page
    assert 'href="/setup/mail/"' in page
    # The sender's address is the office's own unless another is typed.
    assert 'value="buero@muster.test"' in client.get("/setup/mail/", secure=True).content.decode()
    assert 'href="/setup/texts/"' in client.get("/setup/mail/", secure=True).content.decode()
    # Everything else can wait, and says so.
    today = client.get("/", secure=True).content.decode()
    assert "Einrichtung: Das fehlt noch" in today
    assert re.search(r'class="button" href="/setup/certificate/">\s*Weiter mit: Zertifikat', today)
    assert left() == ["certificate", "mail", "texts", "people", "estate"]
    # Whoever comes from the assistant finds the way back.
    known(True, monkeypatch)
    assert "geht weiter mit: Mailkonto" in client.get("/certificate/", secure=True).content.decode()
    assert client.post("/setup/texts/", secure=True)["Location"] == "/setup/people/"
    assert LegalText.objects.filter(kind="imprint", language="de").exists()
    assert 'href="/setup/estate/"' in client.get("/setup/people/", secure=True).content.decode()
    assert left() == ["mail", "people", "estate"]


def test_entered_is_not_proved_and_nobody_has_to_have_colleagues(
    client: Client, administrator: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(True, monkeypatch)
    an_office()
    an_estate()
    assert left() == ["mail", "people"]
    mail = sign_in_mail.send(administrator, by=administrator)
    OutgoingMail.objects.filter(pk=mail.pk).update(state="accepted")
    assert outbox.was_ever_accepted()
    assert setup.left() == []
    today = client.get("/", secure=True).content.decode()
    assert "Einrichtung" not in today
    assert "geht weiter mit" not in client.get("/certificate/", secure=True).content.decode()
    # That nobody has asked the browsers' rules lately is no fault.
    monkeypatch.setattr(guard, "known", lambda: None)
    monkeypatch.setattr(overview, "overview", lambda: type("Overview", (), {"only_self_signed": False}))
    assert setup.left() == []


def test_what_browsers_say_is_unknown_until_it_is_known(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the check had no answer, or was not made lately, was shown as "browsers take your certificate"."""
    taken = "Browser nehmen Ihr Zertifikat an"
    an_office()
    monkeypatch.setattr(overview, "overview", lambda: type("Overview", (), {"only_self_signed": False}))
    for answer in (None, GuardVerdict(None, "https://office.test", timezone.now(), [])):
        monkeypatch.setattr(guard, "known", lambda answer=answer: answer)
        page = client.get("/setup/certificate/", secure=True).content.decode()
        assert taken not in page
        assert 'hx-get="/setup/certificate/line/"' in page
        [line] = [line for line in setup.left() if line.step.key == "certificate"]
        assert line.done is None
        assert "Noch nicht geprüft." in client.get("/", secure=True).content.decode()
    for ok, said in ((True, taken), (None, "ließ sich gerade nicht prüfen"), (False, "sähen eine Zertifikatswarnung")):
        verdict = GuardVerdict(ok, "https://office.test", timezone.now(), [])
        monkeypatch.setattr(guard, "verdict", lambda verdict=verdict: verdict)
        told = client.get("/setup/certificate/line/", secure=True).content.decode()
        assert said in told
        assert (taken in told) is (ok is True)
    known(True, monkeypatch)
    assert taken in client.get("/setup/certificate/", secure=True).content.decode()


def test_only_who_administers_is_asked_to_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    known(False, monkeypatch)
    an_office()
    client = Client()
    client.force_login(an_agent())
    assert "Einrichtung" not in client.get("/", secure=True).content.decode()
    assert client.get("/setup/certificate/", secure=True).status_code == 403
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    assert client.get("/setup/office-of-others/", secure=True).status_code == 404


def test_a_colleague_gets_the_link_as_a_code_and_by_mail_and_only_the_newest_works(client: Client) -> None:
    """A colleague's link could only be copied, and had to be handed on some other way."""
    an_office()
    ben = an_agent(name="Ben Ahrens", email="ben@lindenhof.test")
    address = f"/settings/people/{ben.public_id}/link/"
    page = client.post(address, secure=True).content.decode()
    assert 'src="data:image/svg+xml' in page
    shown = re.search(r"/sign-in/([\w-]+)/", page)
    assert shown
    answer = client.post(address, {"by": "mail"}, secure=True, follow=True)
    assert "Ein Anmeldelink geht an ben@lindenhof.test." in answer.content.decode()
    mail = OutgoingMail.objects.get(purpose=Purpose.SIGN_IN)
    body = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",))
    assert body
    sent = re.search(r"/sign-in/([\w-]+)/", body.get_content())
    assert sent
    assert sent[1].encode() not in outbox.redacted_mime(mail)
    assert ben.sign_in_links.filter(expires_at__gt=timezone.now() + timedelta(hours=1)).count() == 1
    assert Client().get(f"/sign-in/{shown[1]}/", secure=True).status_code == 404
    assert Client().get(f"/sign-in/{sent[1]}/", secure=True).status_code == 200


def test_without_a_mail_server_no_link_is_made_to_be_mailed(client: Client, administrator: Agent) -> None:
    office = an_office()
    office.smtp_host = ""
    office.save()
    with pytest.raises(NotConfiguredError):
        sign_in_mail.send(administrator, by=administrator)
    answer = client.post(f"/settings/people/{administrator.public_id}/link/", {"by": "mail"}, secure=True, follow=True)
    assert "Es wurde kein Link erzeugt." in answer.content.decode()
    assert not administrator.sign_in_links.exists()
    assert the_office().name
