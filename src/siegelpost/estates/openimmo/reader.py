"""Reads a transfer: which elements become which values."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from siegelpost.estates.openimmo import convert, limits, vocabulary
from siegelpost.estates.openimmo.doubles import once
from siegelpost.estates.openimmo.messages import Key, Message, OpenImmoError
from siegelpost.estates.openimmo.package import open_package
from siegelpost.estates.openimmo.tree import Node, Parser
from siegelpost.estates.openimmo.values import (
    PROSE_LENGTH,
    Action,
    Address,
    Areas,
    Attachment,
    Commission,
    ContactPerson,
    Delivery,
    Energy,
    FieldSource,
    Prices,
    Property,
    Provider,
    Rejected,
    Texts,
    Transfer,
)

Group = TypeVar("Group", Address, Prices, Commission, Areas, Energy, Texts, ContactPerson)

TITLE_LENGTH = 200
ID_LENGTH = 120
LONGEST_ID = {"openimmo_obid": ID_LENGTH, "objektnr_extern": 60}
LONGEST_READ = 1000
MOST_LEFT_OVER = 20
NAME_LENGTH = 200
FILE_NAME_LENGTH = 255

RENTS = ("rent_cold", "rent_warm", "ancillary_costs", "heating_costs")
# What amounts are counted in, how that is read, and the amounts that mean nothing where it is not known.
MEASURES: tuple[tuple[str, Callable[[str], str], tuple[str, ...]], ...] = (
    ("preise/waehrung@iso_waehrung", convert.currency, ("price", "service_charge", *RENTS)),
    ("preise/preis_zeiteinheit@zeiteinheit", convert.one_of({"": "", "MONAT": "month"}), RENTS),
)

ACTIONS = {
    "": Action.UPSERT,
    "CHANGE": Action.UPSERT,
    # Not OpenImmo's words, but programs write them.
    **dict.fromkeys(("NEW", "NEU", "ADD", "UPDATE"), Action.UPSERT),
    "DELETE": Action.DELETE,
    "REFERENZ": Action.REFERENCE,
}


def read(path: Path) -> Transfer:
    """Everything the file says. Use it as a context manager: its attachments are read from the open file.

    Raises:
        OpenImmoError: the file as a whole is refused; see :mod:`.messages` for every reason.
    """
    package = open_package(path)
    try:
        collector = _Collector()
        Parser(
            on_property=collector.on_property,
            on_provider=collector.on_provider,
            on_transfer=collector.on_transfer,
        ).parse(package.xml)
        package.xml.close()
        return Transfer(
            full=collector.full,
            deliveries=collector.deliveries(),
            sender=collector.sender,
            files=package.files,
            notices=package.notices,
        )
    except BaseException:
        package.close()
        raise


class _Collector:
    """Gathers what the parser hands over, provider by provider."""

    def __init__(self) -> None:
        self.full = False
        self.sender = ""
        self._default_action = Action.UPSERT
        self._count = 0
        self._deliveries: list[Delivery] = []
        self._properties: list[Property] = []
        self._rejected: list[Rejected] = []

    def on_transfer(self, node: Node) -> None:
        self.full = node.attributes.get("umfang", "").strip().upper() == "VOLL"
        self.sender = convert.line(node.attributes.get("sendersoftware", ""))[:NAME_LENGTH]
        # A transfer that calls itself a deletion must not publish what does not repeat the word.
        if node.attributes.get("modus", "").strip().upper() == "DELETE":
            self._default_action = Action.DELETE
        if self.full and self._default_action is Action.DELETE:
            raise OpenImmoError(Key.FULL_DELETE)

    def on_property(self, node: Node | None) -> None:
        self._count += 1
        if self._count > limits.PROPERTIES:
            raise OpenImmoError(Key.TOO_MANY_PROPERTIES, limit=limits.PROPERTIES)
        if node is None:
            self._rejected.append(Rejected(f"Nr. {self._count}", Message.of(Key.PROPERTY_TOO_LARGE)))
            return
        result = _property(node, self._count, self._default_action)
        if isinstance(result, Property):
            self._properties.append(result)
        else:
            self._rejected.append(result)

    def on_provider(self, node: Node) -> None:
        name = _line(node, "firma", NAME_LENGTH)
        key = _line(node, "openimmo_anid", ID_LENGTH) or name[:ID_LENGTH]
        self._deliver(Provider(key, name))

    def _deliver(self, provider: Provider) -> None:
        self._deliveries.append(Delivery(provider, tuple(self._properties), tuple(self._rejected)))
        self._properties, self._rejected = [], []

    def deliveries(self) -> tuple[Delivery, ...]:
        """One delivery for each provider, also where the file names it several times."""
        if self._properties or self._rejected:
            self._deliver(Provider("", ""))
        if not self._deliveries:
            raise OpenImmoError(Key.NO_PROVIDER)
        merged: dict[str, list[Delivery]] = {}
        for delivery in self._deliveries:
            merged.setdefault(delivery.provider.key, []).append(delivery)
        return tuple(_together(each) for each in merged.values())


def _together(deliveries: list[Delivery]) -> Delivery:
    """All that one provider delivers, each property once."""
    properties, doubles = once(one for each in deliveries for one in each.properties)
    rejected = tuple(one for each in deliveries for one in each.rejected)
    return Delivery(deliveries[0].provider, properties, rejected + doubles)


class _Values:
    """Reads values of one property and remembers what could not be read."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.notices: list[Message] = []

    def raw(self, paths: Iterable[str]) -> tuple[str, str]:
        """Path and text of the first path that has any; the text is "" when none has."""
        path = ""
        for path in paths:
            place, _, attribute = path.partition("@")
            node = self.node.child(place)
            text = (node.attributes.get(attribute, "") if attribute else node.text) if node else ""
            if text.strip():
                return path, text
        return path, ""

    def above_nothing(self, paths: Iterable[str]) -> tuple[str, str]:
        """As :meth:`raw`, but a zero is passed over while a later path has more."""
        found = [(path, text) for path in paths if (text := self.raw([path])[1])]
        return next((one for one in found if one[1].strip(" 0.,€-")), found[0] if found else ("", ""))

    def value(self, source: FieldSource, default: Any) -> Any:
        """The converted value, or ``default`` with a notice when the text is not what it should be."""
        path, text = self.above_nothing(source.paths) if source.above_nothing else self.raw(source.paths)
        if not text:
            return default
        name = path.rpartition("/")[2]
        try:
            value = source.convert(text)
        except (ValueError, ArithmeticError):
            self.notices.append(Message.of(Key.BAD_VALUE, field=name, value=text))
            return default
        if source.longest and len(value) > source.longest:
            self.notices.append(Message.of(Key.CUT, field=name, limit=source.longest))
            return value[: source.longest - 1].rstrip() + "…"
        return value

    def group(self, type_: type[Group]) -> Group:
        """A group of values, each read as its field's metadata says."""
        return type_(
            **{
                item.name: self.value(item.metadata["source"], item.default)
                for item in fields(type_)
                if "source" in item.metadata
            }
        )

    def flag(self, path: str, attribute: str = "") -> bool:
        """Whether an element or attribute says yes; ``attribute`` may demand a word ("keller=JA")."""
        attribute, _, word = attribute.partition("=")
        _, text = self.raw([f"{path}@{attribute}" if attribute else path])
        return text.strip().upper() == word if word else text.strip().lower() in convert.TRUE


def _line(node: Node, path: str, longest: int) -> str:
    found = node.child(path)
    return convert.line(found.text)[:longest].rstrip() if found else ""


def _property(node: Node, number: int, default_action: Action) -> Property | Rejected:
    whole = {name: _line(node, f"verwaltung_techn/{name}", LONGEST_READ) for name in LONGEST_ID}
    # Cut, two of them could be equal: they are refused instead.
    obid, external_no = (name if len(name) <= LONGEST_ID[key] else "" for key, name in whole.items())
    label = (whole["objektnr_extern"] or obid or _line(node, "freitexte/objekttitel", TITLE_LENGTH))[:TITLE_LENGTH]
    label = label or f"Nr. {number}"
    for name, longest in LONGEST_ID.items():
        if len(whole[name]) > longest:
            return Rejected(label, Message.of(Key.IDENTIFIER_LONG, field=name, limit=longest), obid, external_no)
    if not (obid or external_no):
        return Rejected(label, Message.of(Key.NO_IDENTIFIER))
    action_node = node.child("verwaltung_techn/aktion")
    word = action_node.attributes.get("aktionart", "").strip().upper() if action_node else ""
    if word not in ACTIONS:
        return Rejected(label, Message.of(Key.UNKNOWN_ACTION, value=word), obid, external_no)
    action = ACTIONS[word] if word else default_action
    values = _Values(node)
    if action is Action.UPSERT and word not in {"", "CHANGE"}:
        values.notices.append(Message.of(Key.ACTION_NEW, value=word))
    if action is Action.DELETE:
        return Property(openimmo_obid=obid, external_no=external_no, action=action)
    kind, detail = _kind(values)
    return Property(
        openimmo_obid=obid,
        external_no=external_no,
        action=action,
        as_of=values.value(FieldSource(("verwaltung_techn/stand_vom",), convert.day), None),
        status=_status(values, action),
        title=values.value(FieldSource(("freitexte/objekttitel",), convert.line, TITLE_LENGTH), ""),
        language=_line(node, "verwaltung_techn/sprache", 20) or values.raw(["freitexte/objekttitel@lang"])[1].strip(),
        kind=kind,
        kind_detail=detail,
        marketing=_marketing(values),
        usage=_usage(values),
        features=_features(values),
        address=values.group(Address),
        prices=_prices(values),
        commission=values.group(Commission),
        commission_talk=tuple(_commission_talk(node)),
        areas=values.group(Areas),
        energy=_energy(values),
        texts=values.group(Texts),
        contact=_contact(values),
        attachments=_attachments(values),
        notices=tuple(values.notices),
    )


def _kind(values: _Values) -> tuple[str, str]:
    node = values.node.child("objektkategorie/objektart")
    for child in node.children if node else ():
        type_word = next((word.strip().upper() for word in child.attributes.values() if word.strip()), "")
        detail = vocabulary.DETAILS.get(type_word, "")
        if child.tag == "haus":
            return _house(values, type_word), detail
        if child.tag in vocabulary.KINDS:
            return vocabulary.KINDS[child.tag], detail
    values.notices.append(Message.of(Key.KIND_UNKNOWN))
    return "other", ""


def _house(values: _Values, type_word: str) -> str:
    """A house by its type; with two flats or a granny flat the law may ask more than of one with many."""
    if values.flag("flaechen/einliegerwohnung") or values.raw(["flaechen/anzahl_wohneinheiten"])[1].strip() == "2":
        return "house_two"
    return vocabulary.HOUSES.get(type_word, "house_single")


def _first_true(values: _Values, path: str, table: dict[str, str]) -> str:
    return next((value for attribute, value in table.items() if values.flag(path, attribute)), "")


def _marketing(values: _Values) -> str:
    path = "objektkategorie/vermarktungsart"
    said = {word for attribute, word in vocabulary.MARKETING.items() if values.flag(path, attribute)}
    if len(said) == 1:
        return said.pop()
    values.notices.append(Message.of(Key.MARKETING_BOTH if said else Key.MARKETING_UNKNOWN))
    rent, price = (
        any(values.raw([path])[1].strip(" 0.,€-") for path in Prices.paths(*names))
        for names in (("rent_cold", "rent_warm"), ("price",))
    )
    return "rent" if rent and not price else "purchase"


def _prices(values: _Values) -> Prices:
    """The prices; of a net price or rent alone VAT is still to be added. What has no place here is named."""
    prices = values.group(Prices)
    for path, read_, names in MEASURES:
        _, word = values.raw([path])
        try:
            read_(word)
        except ValueError:
            nothing: dict[str, Any] = dict.fromkeys(names)
            prices = replace(prices, **nothing)
            values.notices.append(Message.of(Key.MEASURE_UNKNOWN, value=word))
    taken = {values.above_nothing(Prices.paths(name))[0] for name in ("price", "rent_cold")}
    if taken & vocabulary.NET_PRICES:
        prices = replace(prices, plus_vat=True)
    node = values.node.child("preise")
    left = [words for child in (node.children if node else ()) if (words := _left_over(child))]
    for words in left[:MOST_LEFT_OVER]:
        values.notices.append(Message.of(Key.PRICES_LEFT_OUT, value=words))
    if (more := len(left) - MOST_LEFT_OVER) > 0:
        values.notices.append(Message.of(Key.PRICES_LEFT_OUT_MORE, count=more))
    return prices


def _left_over(node: Node) -> str:
    """A price that is not taken, with its value; "" when it is taken, or says nothing."""
    inner = " ".join(child.text for child in node.children)
    if node.tag in vocabulary.PRICES_KNOWN and (node.text.strip() or not inner.strip()):
        return ""
    texts = (node.text if node.text.strip() else inner, *map(node.attributes.get, vocabulary.PRICE_ATTRIBUTES))
    words = [
        convert.line(text) for text in texts if text and text.strip(" \n\t0.,€-") and text.strip() not in convert.FALSE
    ]
    return " ".join((node.attributes.get("feldname") or node.tag, " / ".join(words))) if words else ""


def _commission_talk(node: Node, *, inside: str = "") -> Iterator[str]:
    """Every text of the property that speaks of commission, but for the fields that hold nothing else.

    A field's name is part of what it says: programs have fields of their own (user_defined_simplefield).
    """
    for child in node.children:
        if child.tag in vocabulary.COMMISSION_FIELDS:
            continue
        called = child.child("name")  # <feld><name>Käuferprovision</name><wert>3,57 %</wert></feld>
        own = (child.attributes.get("feldname", ""), child.attributes.get("name", ""), called.text if called else "")
        name = next((words for one in (child.tag, *own, inside) if _names_commission(words := _spelt_out(one))), "")
        text = f"{name} {child.text}".strip()[:PROSE_LENGTH]
        if child.text.strip() and _names_commission(text):
            yield convert.prose(text)
        yield from _commission_talk(child, inside=name)


def _spelt_out(name: str) -> str:
    """The name of a field as words: "prov_kaeufer" is a commission."""
    words = name.replace("_", " ").replace("-", " ").split()
    return " ".join("provision" if word.lower() == vocabulary.COMMISSION_SHORT else word for word in words)


def _names_commission(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in vocabulary.COMMISSION_WORDS)


def _usage(values: _Values) -> str:
    return _first_true(values, "objektkategorie/nutzungsart", vocabulary.USAGE) or "residential"


def _status(values: _Values, action: Action) -> str:
    """The status the file asks for; "" when it says nothing about it."""
    if action is Action.REFERENCE:
        return "sold"
    _, word = values.raw(["zustand_angaben/verkaufstatus@stand"])
    return vocabulary.SALE_STATES.get(word.strip().upper(), "")


def _features(values: _Values) -> tuple[str, ...]:
    found = [feature for (path, attribute), feature in vocabulary.FEATURES.items() if values.flag(path, attribute)]
    for path, feature in vocabulary.COUNTED_FEATURES.items():
        _, text = values.raw([path])
        if text.strip().strip("0."):
            found.append(feature)
    return tuple(sorted(set(found)))


def _energy(values: _Values) -> Energy:
    """The certificate; <jahrgang> may say that there is none, and why."""
    energy = values.group(Energy)
    if energy.energy_certificate:
        return energy
    _, word = values.raw(["zustand_angaben/energiepass/jahrgang"])
    reason = vocabulary.NO_CERTIFICATE.get(word.strip().upper(), "")
    return Energy(**{**_as_dict(energy), "energy_certificate": reason})


def _contact(values: _Values) -> ContactPerson:
    node = values.node.child("kontaktperson")
    parts = [_line(node, tag, NAME_LENGTH) for tag in ("titel", "vorname", "name")] if node else []
    name = " ".join(filter(None, parts))[:NAME_LENGTH]
    return ContactPerson(**{**_as_dict(values.group(ContactPerson)), "contact_name": name})


def _as_dict(group: Energy | ContactPerson) -> dict[str, Any]:
    return {item.name: getattr(group, item.name) for item in fields(group)}


def _attachments(values: _Values) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for number, node in enumerate(values.node.all("anhaenge/anhang")):
        if number >= limits.ATTACHMENTS_PER_PROPERTY:
            values.notices.append(Message.of(Key.ATTACHMENTS_MANY, limit=limits.ATTACHMENTS_PER_PROPERTY))
            break
        if attachment := _attachment(node, number):
            found.append(attachment)
    return tuple(found)


def _attachment(node: Node, number: int) -> Attachment | None:
    group = node.attributes.get("gruppe", "").strip().upper()
    if group in vocabulary.LINK_GROUPS:
        return None
    title = _line(node, "anhangtitel", NAME_LENGTH)
    # Names are compared, never opened as they are: see package.py.
    name = _line(node, "daten/pfad", 1024) or title or f"{group or 'Anhang'} {number + 1}"
    place = node.attributes.get("location", "").strip().upper()
    embedded: bytes | None = None
    problem: Message | None = None
    if place == "REMOTE" or "://" in name:
        problem = Message.of(Key.REMOTE, name=name)
    elif place == "INTERN" or node.child("daten/anhanginhalt"):
        embedded, problem = _embedded(node, name)
    group = group if group in vocabulary.GROUPS else "BILD"
    return Attachment(group, title, name[-FILE_NAME_LENGTH:], embedded, problem)


def _embedded(node: Node, name: str) -> tuple[bytes | None, Message | None]:
    content = node.child("daten/anhanginhalt")
    text = "".join(content.text.split()) if content else ""
    if len(text) * 3 // 4 > limits.ATTACHMENT_BYTES:
        limit = limits.ATTACHMENT_BYTES // limits.MIB
        return None, Message.of(Key.ATTACHMENT_LARGE, name=name, limit=limit)
    try:
        return base64.b64decode(text, validate=True), None
    except (binascii.Error, ValueError):
        return None, Message.of(Key.ATTACHMENT_BASE64, name=name)
