"""Bringing transfers in: what becomes of each property, and what is told."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.unit.estates import transfers as t

from siegelpost import storage
from siegelpost.cli import main
from siegelpost.demo_data import package
from siegelpost.estates.imports.apply import Journal, import_file
from siegelpost.estates.imports.results import ImportOutcome, ImportResult, Line
from siegelpost.estates.kinds import MediaGroup, Status
from siegelpost.estates.models import Estate, Media
from siegelpost.estates.openimmo import OpenImmoError
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event

pytestmark = pytest.mark.django_db


def bring(
    tmp_path: Path, *estates: str, scope: str = "TEIL", anid: str = "ANID-1", dry_run: bool = False
) -> ImportResult:
    return import_file(t.write_xml(tmp_path, *estates, scope=scope, anid=anid), actor=None, dry_run=dry_run)


def bring_zip(tmp_path: Path, estate: str, files: dict[str, bytes], *, dry_run: bool = False) -> ImportResult:
    path = t.write_zip(tmp_path / "t.zip", t.document(t.provider(estate)), files)
    return import_file(path, actor=None, dry_run=dry_run)


def counts(result: ImportResult) -> dict[str, int]:
    return {name: count for name, count in result.counts.items() if count}


def events() -> list[dict[str, object]]:
    found = Event.objects.filter(kind=EventKind.ESTATE_IMPORTED.value).order_by("id")
    return [json.loads(bytes(event.leaf))["data"] for event in found]


FREE = "<preise><provisionspflichtig>false</provisionspflichtig></preise>"
PRICE = "<preise><kaufpreis>{}</kaufpreis></preise>"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package.write(tmp_path_factory.mktemp("sample") / "sample.zip")


def test_sample_office(sample: Path) -> None:
    result = import_file(sample, actor=None)
    assert counts(result) == {"created": 4}
    flat = Estate.objects.get(external_no="HU-1014")
    assert flat.status == Status.ACTIVE
    assert flat.is_flat_or_single_family_house
    assert flat.buyer_commission_rate == flat.seller_commission_rate == Decimal("2.975")
    cover, *_, plan = flat.media.all()
    assert (cover.group, plan.group) == (MediaGroup.COVER, MediaGroup.FLOOR_PLAN)
    assert (cover.width, cover.height) == (1500, 1000)
    assert all(storage.read(one["sha256"]) for one in cover.renditions.values())
    assert [event["outcome"] for event in events()] == ["created"] * 4

    assert counts(import_file(sample, actor=None)) == {"unchanged": 4}
    assert len(events()) == 4
    assert Estate.objects.count() == 4
    assert Media.objects.count() == len(package.PICTURES) == 10


def test_change_is_told_field_by_field(tmp_path: Path) -> None:
    bring(tmp_path, t.estate(inner=PRICE.format(300000)))
    first = Estate.objects.get()
    result = bring(tmp_path, t.estate(title="Neu", inner=PRICE.format(280000)))
    assert counts(result) == {"changed": 1}
    assert [(c.field, c.before, c.after) for c in result.changed[0].changes] == [
        ("title", "Helle Wohnung", "Neu"),
        ("price", "300.000,00", "280.000,00"),
    ]
    assert Estate.objects.get().pk == first.pk
    assert events()[-1]["fields"] == ["title", "price"]


def test_found_by_obid_then_by_number(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A", obid="OB-1"), t.estate("B"))
    a, b = Estate.objects.order_by("external_no")
    bring(tmp_path, t.estate("A2", obid="OB-1"), t.estate("B", obid="OB-2"))
    assert list(Estate.objects.order_by("pk").values_list("pk", "external_no", "openimmo_obid")) == [
        (a.pk, "A2", "OB-1"),
        (b.pk, "B", "OB-2"),
    ]


def test_same_number_of_two_providers_is_two_properties(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A"), anid="ONE")
    bring(tmp_path, t.estate("A"), anid="TWO")
    assert Estate.objects.count() == 2


def test_number_that_belongs_to_another_is_refused_by_name(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A", obid="OB-1"), t.estate("B", obid="OB-2", title="Zwei"))
    result = bring(tmp_path, t.estate("A", obid="OB-2", title="Drei"), t.estate("C", obid="OB-3"))
    assert counts(result) == {"created": 1, "rejected": 1}
    assert result.rejected[0].label == "A"
    assert "nicht verändert" in result.as_json("de")["properties"][0]["reason"]
    assert Estate.objects.get(openimmo_obid="OB-2").title == "Zwei"


def test_delete_archives_and_unknown_creates_nothing(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A"))
    result = bring(tmp_path, t.estate("A", action="DELETE"), t.estate("X", action="DELETE"))
    assert counts(result) == {"deleted": 1, "unchanged": 1}
    assert Estate.objects.get().status == Status.ARCHIVED
    assert counts(bring(tmp_path, t.estate("A", action="DELETE"))) == {"unchanged": 1}
    assert counts(bring(tmp_path, t.estate("A"))) == {"changed": 1}
    assert Estate.objects.get().status == Status.ACTIVE


def test_reference_is_shown_as_sold(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A", action="REFERENZ"))
    assert Estate.objects.get().status == Status.SOLD


def test_status_set_in_the_office_stays(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A"))
    Estate.objects.update(status=Status.RESERVED)
    assert counts(bring(tmp_path, t.estate("A"))) == {"unchanged": 1}
    sale = '<zustand_angaben><verkaufstatus stand="VERKAUFT"/></zustand_angaben>'
    bring(tmp_path, t.estate("A", inner=sale))
    assert Estate.objects.get().status == Status.SOLD


def test_complete_transfer_archives_what_is_missing_of_that_provider_only(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A"), t.estate("B"), anid="ONE")
    bring(tmp_path, t.estate("A"), anid="TWO")
    Estate.objects.create(title="Selbst erfasst", external_no="B", status=Status.ACTIVE)
    result = bring(tmp_path, t.estate("A"), scope="VOLL", anid="ONE")
    assert counts(result) == {"unchanged": 1, "archived": 1}
    archived = Estate.objects.filter(status=Status.ARCHIVED)
    assert [(one.provider, one.external_no) for one in archived] == [("ONE", "B")]


def test_partial_transfer_archives_nothing(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A"), t.estate("B"))
    assert counts(bring(tmp_path, t.estate("A"))) == {"unchanged": 1}


def test_complete_transfer_spares_a_property_it_names_but_garbles(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A"), t.estate("B"))
    result = bring(tmp_path, t.estate("A"), t.estate("B", action="EXPLODE"), scope="VOLL")
    assert counts(result) == {"unchanged": 1, "rejected": 1}


def test_complete_transfer_with_a_nameless_property_archives_nothing(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A"), t.estate("B"))
    result = bring(tmp_path, t.estate("A"), t.estate(""), scope="VOLL")
    assert counts(result) == {"unchanged": 1, "rejected": 1}
    assert "nichts archiviert" in result.as_json("de")["notes"][0]


def test_complete_transfer_without_a_provider_archives_nothing(tmp_path: Path) -> None:
    Estate.objects.create(title="Selbst erfasst", status=Status.ACTIVE)
    path = tmp_path / "t.xml"
    path.write_bytes(t.document(t.provider(t.estate("A"), anid="", firm=""), scope="VOLL"))
    assert counts(import_file(path, actor=None)) == {"created": 1}


def test_preview_changes_nothing(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A"), t.estate("B"))
    before = list(Estate.objects.order_by("pk").values())
    stored = len(events())
    estate = t.estate("C", inner=t.attachments(t.attachment("a.jpg")))
    path = t.write_zip(
        tmp_path / "t.zip",
        t.document(t.provider(t.estate("A", title="Neu"), estate), scope="VOLL"),
        {"a.jpg": t.picture("purple")},
    )
    result = import_file(path, actor=None, dry_run=True)
    assert counts(result) == {"changed": 1, "created": 1, "archived": 1}
    assert list(Estate.objects.order_by("pk").values()) == before
    assert len(events()) == stored
    assert not Media.objects.exists()
    assert counts(import_file(path, actor=None)) == counts(result)


def test_refused_file_changes_nothing(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A"))
    (broken := tmp_path / "t.xml").write_bytes(t.document(t.provider(t.estate("A", title="Neu")))[:-20])
    with pytest.raises(OpenImmoError):
        import_file(broken, actor=None)
    assert Estate.objects.get().title == "Helle Wohnung"


def test_title_is_made_where_there_is_none(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A", title="", inner="<geo><plz>21335</plz><ort>Lüneburg</ort></geo>"))
    assert Estate.objects.get().title == "Etagenwohnung zum Kauf in 21335 Lüneburg"


def test_half_a_position_is_none(tmp_path: Path) -> None:
    bring(tmp_path, t.estate("A", inner='<geo><geokoordinaten breitengrad="53.2"/></geo>'))
    assert Estate.objects.get().latitude is None


PICTURES = t.attachments(t.attachment("1.jpg", "TITELBILD", "Haus"), t.attachment("2.jpg"))


def test_one_bad_picture_in_a_good_property(tmp_path: Path) -> None:
    inner = t.attachments(
        t.attachment("good.jpg"), t.attachment("page.jpg"), t.attachment("none.jpg"), t.attachment("../up.jpg")
    )
    files = {"good.jpg": t.picture(), "page.jpg": b"<html><script>1</script></html>"}
    result = bring_zip(tmp_path, t.estate(inner=FREE + inner), files)
    assert counts(result) == {"created": 1}
    assert [one.original_name for one in Media.objects.all()] == ["good.jpg"]
    notes = result.as_json("de")["properties"][0]["notes"]
    assert [name in note for name, note in zip(("page.jpg", "none.jpg", "../up.jpg"), notes, strict=True)] == [True] * 3


def test_pictures_are_compared_by_content(tmp_path: Path) -> None:
    first = {"1.jpg": t.picture("red"), "2.jpg": t.picture("blue")}
    bring_zip(tmp_path, t.estate(inner=PICTURES), first)
    kept = Media.objects.get(original_name="1.jpg")
    result = bring_zip(tmp_path, t.estate(inner=PICTURES), {"1.jpg": t.picture("red"), "2.jpg": t.picture("green")})
    assert [change.after for change in result.changed[0].changes] == ["1 neu, 1 entfernt"]
    assert Media.objects.get(original_name="1.jpg").pk == kept.pk
    assert counts(bring_zip(tmp_path, t.estate(inner=PICTURES), first)) == {"changed": 1}
    assert counts(bring_zip(tmp_path, t.estate(inner=PICTURES), first)) == {"unchanged": 1}


def test_picture_that_did_not_come_along_again_stays(tmp_path: Path) -> None:
    bring_zip(tmp_path, t.estate(inner=PICTURES), {"1.jpg": t.picture("red"), "2.jpg": t.picture("blue")})
    bring_zip(tmp_path, t.estate(inner=PICTURES), {"1.jpg": t.picture("red")})
    assert Media.objects.count() == 2


def test_what_the_office_added_stays(tmp_path: Path) -> None:
    bring_zip(tmp_path, t.estate(inner=PICTURES), {"1.jpg": t.picture("red"), "2.jpg": t.picture("blue")})
    Media.objects.create(estate=Estate.objects.get(), sha256="0" * 64, media_type="application/pdf", size=1)
    bring(tmp_path, t.estate())
    assert [one.imported for one in Media.objects.all()] == [False]


def test_each_property_has_a_transaction_of_its_own(tmp_path: Path) -> None:
    """What stood before a crash in the second property stays."""

    class Crash(Journal):
        def knows(self, place: int) -> bool:
            if place == 2:
                raise KeyboardInterrupt
            return False

    path = t.write_xml(tmp_path, t.estate("A"), t.estate("B"))
    with transaction.atomic(), pytest.raises(KeyboardInterrupt):
        import_file(path, actor=None, journal=Crash())
    assert [one.external_no for one in Estate.objects.all()] == ["A"]


def test_what_a_journal_keeps_is_not_kept_twice(tmp_path: Path) -> None:
    """Every change of thousands of properties stayed in memory until the end, though each stood in the database."""
    told: list[Line] = []

    class Keeper(Journal):
        keeps_lines = True

        def write(self, place: int | None, line: Line) -> None:
            told.append(line)

    bring(tmp_path, t.estate("A", title="Haus"))
    path = t.write_xml(tmp_path, t.estate("A", title="Haus am See"), t.estate("B", action="EXPLODE"))
    result = import_file(path, actor=None, journal=Keeper())
    assert [line.changes[0].now for line in told if line.changes] == ["Haus am See"]
    assert result.lines == tuple(Line(line.outcome, line.label) for line in told)
    assert (result.counts["changed"], result.counts["rejected"]) == (1, 1)


def test_queries_per_property_do_not_grow(tmp_path: Path) -> None:
    bring(tmp_path, *(t.estate(str(number)) for number in range(12)))
    with CaptureQueriesContext(
        connection,
    ) as few:
        bring(tmp_path, t.estate("0"))
    with CaptureQueriesContext(connection) as many:
        bring(tmp_path, *(t.estate(str(number)) for number in range(11)))
    assert len(many) - len(few) == 10 * len(few)


def test_command_in_both_forms(tmp_path: Path) -> None:
    path = t.write_xml(tmp_path, t.estate("A", title="Haus [bold]fett[/]"), t.estate("B", action="EXPLODE"))
    run = CliRunner()
    preview = run.invoke(main, ["import", str(path), "--dry-run"])
    assert "Nur eine Vorschau" in preview.output
    assert not Estate.objects.exists()
    told = run.invoke(main, ["import", str(path), "--json"])
    assert told.exit_code == 1
    assert json.loads(told.stdout)["counts"]["created"] == 1
    shown = run.invoke(main, ["import", str(path)])
    assert "Haus [bold]fett[/]" in shown.output
    assert "Die Aktion „EXPLODE“ ist unbekannt;" in shown.output
    (path.parent / "bad.xml").write_bytes(b"<rss/>")
    refused = run.invoke(main, ["import", str(path.parent / "bad.xml")])
    assert refused.exit_code == 2
    assert "Es wurde nichts geändert." in refused.stderr
    assert "Nothing was changed." in refused.stderr
    assert str(ImportOutcome.CREATED.label) == "neu"
