"""An agent's photo: drawn anew from what is chosen, seen by recipients, gone when nothing shows it any more."""

import io
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image, ImageDraw, ImageStat
from tests.support import lane
from tests.support.office import a_dispatch, an_agent, token_of

from siegelpost import storage
from siegelpost.dispatch.evidence import retention
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger import inspection
from siegelpost.office import agents
from siegelpost.office.models import Agent, Role
from siegelpost.office.photo import LARGEST_JPEG, SIDE, draw

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("an_office_at_work")]
FIELDS = {"name": "Jana Roth", "phone": "+49 711 555 01 21", "language": "de"}


def of_a_phone(size: tuple[int, int] = (1500, 2000)) -> bytes:
    """Upright by its orientation only, and with what a phone notes: where and by whom."""
    noise = Image.effect_noise((size[1], size[0]), 90).convert("RGB")
    ImageDraw.Draw(noise).rectangle((0, 0, size[1] // 2, size[0]), fill="red")
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Jana Roth, at home"
    out = io.BytesIO()
    noise.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_it_is_a_small_upright_square_without_what_the_phone_noted() -> None:
    drawn = draw(of_a_phone())
    with Image.open(io.BytesIO(drawn)) as photo:
        assert (photo.format, photo.size) == ("JPEG", (SIDE, SIDE))
        assert not photo.getexif()
        top = photo.convert("RGB").crop((0, 0, SIDE, 20))
        assert ImageStat.Stat(top).mean[1] < 20, "the red that the camera held to the left"
    assert b"Jana" not in drawn
    assert len(drawn) <= LARGEST_JPEG


def test_one_chooses_it_oneself_and_takes_it_away_again() -> None:
    jana, client = an_agent(role=Role.ADMINISTRATOR), Client()
    client.force_login(jana)
    assert client.get("/account/photo.jpg").status_code == 404
    chosen = {"photo_file": SimpleUploadedFile("ich.jpg", of_a_phone())}
    assert client.post("/account/", FIELDS | chosen).status_code == 302
    photo = Agent.objects.get(pk=jana.pk).photo
    assert f"/account/photo.jpg?v={photo[:16]}" in client.get("/account/").content.decode()
    answer = client.get("/account/photo.jpg")
    assert (answer["Content-Type"], answer.content) == ("image/jpeg", storage.read(photo))
    assert (photo, f"agent {jana.public_id}") in set(inspection.file_sources["office"]()), "fsck and backup know it"
    client.post("/account/", FIELDS)
    assert Agent.objects.get(pk=jana.pk).photo == photo, "saved again without a file it stays"
    assert client.post("/account/", FIELDS | {"photo_file": SimpleUploadedFile("x.jpg", b"<svg/>")}).status_code == 422
    client.post("/account/", FIELDS | {"remove_photo": "on"})
    assert Agent.objects.get(pk=jana.pk).photo == ""
    age(photo)
    assert retention.sweep() == 1
    assert not storage.path(photo).exists()


def test_a_recipient_sees_it_before_the_gate_and_keeps_it_when_it_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    jana = agents.save_myself(an_agent(role=Role.ADMINISTRATOR), photo=draw(of_a_phone()))
    photo, client = jana.photo, Client()
    dispatch = a_dispatch(jana)
    assert dispatch.page["agent"]["photo"] == {"sha256": photo, "width": SIDE, "height": SIDE}
    client.force_login(jana)
    client.post("/account/", FIELDS | {"remove_photo": "on"})
    age(photo)
    assert retention.sweep() == 0
    house, shown = lane.a_lane(monkeypatch), f"/s/{token_of(dispatch)}/bild/{photo}.jpg"
    assert lane.see(house, shown)[0] == 200
    Dispatch.objects.update(state=DispatchState.REVOKED)
    assert lane.see(house, shown)[0] == 404
    with transaction.atomic():
        retention.erase(dispatch)
    age(photo)
    retention.sweep()
    assert not storage.path(photo).exists(), "with the last dispatch that shows it, it goes"


def test_who_has_none_is_frozen_as_ever() -> None:
    assert set(a_dispatch().page["agent"]) == {"name", "phone", "email"}


def age(sha256: str) -> None:
    """Have a file lie there since yesterday."""
    os.utime(storage.path(sha256), (0, 0))
