"""The one picture that may be seen before the gate: none until the office chooses it, and never a second."""

import io

import pytest
from PIL import Image
from tests.support import lane
from tests.support.office import a_dispatch, an_estate, token_of
from tests.unit.estates.transfers import A_PDF, picture

from siegelpost import storage
from siegelpost.dispatch.frozen.files import pictures_in
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates import editor, teasers
from siegelpost.estates.kinds import MediaGroup
from siegelpost.ledger import inspection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("an_office_at_work")]


def test_before_the_gate_nothing_is_seen_but_what_was_chosen_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = an_estate()
    house = editor.add_media(estate, picture("blue", (1800, 1200)), name="haus.jpg", group=MediaGroup.COVER)
    editor.add_media(estate, picture("red", (1800, 1200)), name="bad.jpg", title="Gartenstraße 5, Bad")
    assert pictures_in(a_dispatch(estates=[estate]).page) == set()
    teasers.show(house)
    estate.refresh_from_db()
    dispatch = a_dispatch(estates=[estate])
    teaser = dispatch.page["estates"][0]["teaser"]
    with Image.open(io.BytesIO(storage.read(teaser["sha256"]))) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (teaser["width"], teaser["height"]))
    assert len(storage.read(teaser["sha256"])) <= teasers.LARGEST
    assert (teaser["sha256"], f"media {house.public_id}") in set(inspection.file_sources["estates"]()), "fsck knows it"
    asked, shown = lane.a_lane(monkeypatch), dispatch.content["estates"][0]["pictures"]
    way = f"/s/{token_of(dispatch)}/bild"
    of_house, of_bath = ([one["renditions"]["480"]["sha256"]] for one in shown)
    for sha256, form, status in (
        (teaser["sha256"], "jpg", 200),
        (of_house[0], "webp", 404),
        (of_bath[0], "webp", 404),
    ):
        assert lane.see(asked, f"{way}/{sha256}.{form}")[0] == status
    # Dispatches of before have frozen the large ones with it: whoever knew their names saw what the gate keeps.
    dispatch.page["estates"][0]["teaser"]["renditions"] = shown[0]["renditions"]
    Dispatch.objects.update(page=dispatch.page)
    assert lane.see(asked, f"{way}/{of_house[0]}.webp")[0] == 404
    assert lane.see(asked, f"{way}/{teaser['sha256']}.jpg")[0] == 200
    Dispatch.objects.update(state=DispatchState.EXPIRED)
    assert lane.see(asked, f"{way}/{teaser['sha256']}.jpg")[0] == 404


def test_there_is_one_at_most_and_a_document_is_none() -> None:
    estate = an_estate()
    first, second = (editor.add_media(estate, picture(colour), name=f"{colour}.png") for colour in ("red", "blue"))
    plan = editor.add_media(estate, A_PDF, name="plan.pdf")
    teasers.show(first)
    teasers.show(second)
    assert list(estate.media.exclude(teaser="")) == [second]
    with pytest.raises(teasers.NoPictureError, match="kein Dokument"):
        teasers.show(plan)
    teasers.hide(estate)
    assert not estate.media.exclude(teaser="").exists()


def test_the_dearest_picture_is_small_enough_for_a_mail() -> None:
    noise, out = Image.effect_noise((1800, 1200), 120).convert("RGB"), io.BytesIO()
    noise.save(out, "JPEG", quality=90)
    one = editor.add_media(an_estate(), out.getvalue(), name="rauschen.jpg")
    teasers.show(one)
    assert len(storage.read(one.teaser)) <= teasers.LARGEST
