"""Reads a transfer: which elements become which values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from siegelpost.estates.openimmo import convert, energy_words, kind_names, limits, vocabulary
from siegelpost.estates.openimmo.attached import attachments, links
from siegelpost.estates.openimmo.characters import Document
from siegelpost.estates.openimmo.commission_talk import commission_talk
from siegelpost.estates.openimmo.doubles import once
from siegelpost.estates.openimmo.left import Tally, names_of_files, says, unnamed
from siegelpost.estates.openimmo.messages import Key, Message, OpenImmoError
from siegelpost.estates.openimmo.package import open_package
from siegelpost.estates.openimmo.tree import Node, Parser
from siegelpost.estates.openimmo.values import (
    PROSE_LENGTH,
    Action,
    Address,
    Areas,
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


def read(path: Path, name: str = "") -> Transfer:
    """Everything the file says. Use it as a context manager: its attachments are read from the open file.

    Args:
        path: where it is.
        name: what it is called, if otherwise.

    Raises:
        OpenImmoError: the file as a whole is refused; see :mod:`.messages` for every reason.
    """
    package = open_package(path, name)
    try:
        collector, document = _Collector(), Document(package.open_xml)
        parser = Parser(
            on_property=collector.on_property,
            on_provider=collector.on_provider,
            on_transfer=collector.on_transfer,
        )
        with closing(document.text()) as pieces:
            parser.parse(pieces)
        return Transfer(
            full=collector.full,
            deliveries=collector.deliveries(),
            sender=collector.sender,
            files=package.files,
            notices=(
                *package.notices,
                *document.notices,
                *collector.left.result(),
                *unnamed(package.files, collector.named),
            ),
            stamp=collector.stamp,
            techn_email=collector.techn_email,
        )
    except BaseException:
        package.files.close()
        raise


class _Collector:
    """Gathers what the parser hands over, provider by provider."""

    def __init__(self) -> None:
        self.full = False
        self.sender = self.stamp = self.techn_email = ""
        self.left = Tally()
        # Of files, by anything in the document; None where a part of it was not looked at.
        self.named: set[str] | None = set()
        self._default_action = Action.UPSERT
        self._count = 0
        self._deliveries: list[Delivery] = []
        self._properties: list[Property] = []
        self._rejected: list[Rejected] = []

    def on_transfer(self, node: Node) -> None:
        self.full = node.attributes.get("umfang", "").strip().upper() == "VOLL"
        self.sender = convert.line(node.attributes.get("sendersoftware", ""))[:NAME_LENGTH]
        self.stamp = convert.line(node.attributes.get("timestamp", ""))[:NAME_LENGTH]
        self.techn_email = convert.line(node.attributes.get("techn_email", ""))[:NAME_LENGTH]
        # A transfer that calls itself a deletion must not publish what does not repeat the word.
        if node.attributes.get("modus", "").strip().upper() == "DELETE":
            self._default_action = Action.DELETE
        if self.full and self._default_action is Action.DELETE:
            raise OpenImmoError(Key.FULL_DELETE)

    def on_property(self, node: Node | None) -> None:
        self._count += 1
        if self._count > limits.PROPERTIES:
            raise OpenImmoError(Key.TOO_MANY_PROPERTIES, limit=limits.PROPERTIES)
        self._name_files(node)
        if node is None:
            self._rejected.append(Rejected(f"Nr. {self._count}", Message.of(Key.PROPERTY_TOO_LARGE)))
            return
        result = _property(node, self._count, self._default_action)
        if isinstance(result, Property):
            self._properties.append(result)
            if result.action is not Action.DELETE:
                self.left.add(node, result.texts.description)
        else:
            self._rejected.append(result)

    def _name_files(self, node: Node | None) -> None:
        if node is None or self.named is None:
            self.named = None
            return
        self.named |= names_of_files(node)

    def on_provider(self, node: Node) -> None:
        self._name_files(node)
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
        self._own_fields: list[tuple[str, Node]] | None = None

    def raw(self, paths: Iterable[str]) -> tuple[str, str]:
        """Path and text of the first path that has any; the text is "" when none has."""
        path = ""
        for path in paths:
            place, _, attribute = path.partition("@")
            nodes = self._own(place[1:]) if place.startswith("~") else self.node.all(place)
            texts = (node.attributes.get(attribute, "") if attribute else node.text for node in nodes)
            if text := next(filter(str.strip, texts), ""):
                return path, text
        return path, ""

    def _own(self, name: str) -> list[Node]:
        """The fields of the program's own with this name."""
        if self._own_fields is None:
            parts = (child for part in (self.node, *self.node.children) for child in part.children)
            own = [one for one in parts if one.tag == "user_defined_simplefield"]
            self._own_fields = [(one.attributes.get("feldname", "").strip().lower(), one) for one in own]
        return [one for called, one in self._own_fields if called == name]

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
    intern = _line(node, "verwaltung_techn/objektnr_intern", LONGEST_READ)
    is_intern = not (obid or external_no) and 0 < len(intern) <= LONGEST_ID["objektnr_extern"]
    if is_intern:
        external_no = intern
    if not (obid or external_no):
        return Rejected(label, Message.of(Key.NO_IDENTIFIER))
    action_node = node.child("verwaltung_techn/aktion")
    word = action_node.attributes.get("aktionart", "").strip().upper() if action_node else ""
    if word not in ACTIONS:
        return Rejected(label, Message.of(Key.UNKNOWN_ACTION, value=word), obid, external_no)
    action = ACTIONS[word] if word else default_action
    values = _Values(node)
    if is_intern:
        values.notices.append(Message.of(Key.NUMBER_INTERN, value=intern))
    if action is Action.UPSERT and word not in {"", "CHANGE"}:
        values.notices.append(Message.of(Key.ACTION_NEW, value=word))
    if action is Action.DELETE:
        return Property(openimmo_obid=obid, external_no=external_no, action=action)
    kind, detail = _kind(values)
    attached, notices = attachments(node)
    linked, not_taken = links(node)
    values.notices += (*notices, *not_taken)
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
        commission_talk=tuple(commission_talk(node)),
        areas=values.group(Areas),
        energy=_energy(values),
        texts=_texts(values),
        links=linked,
        contact=_contact(values),
        attachments=attached,
        notices=tuple(values.notices),
    )


def _kind(values: _Values) -> tuple[str, str]:
    node = values.node.child("objektkategorie/objektart")
    for child in node.children if node else ():
        if child.tag == "haus" or child.tag in vocabulary.KINDS:
            word = next((word.strip().upper() for word in child.attributes.values() if word.strip()), "")
            kind = _house(values, word) if child.tag == "haus" else vocabulary.KINDS[child.tag]
            return kind, _detail(values, child.tag, word)
    values.notices.append(Message.of(Key.KIND_UNKNOWN))
    return "other", ""


def _detail(values: _Values, tag: str, word: str) -> str:
    """The type as people call it, else what the file adds to the kind in words of its own."""
    detail = kind_names.DETAILS.get(word) or kind_names.DETAILS.get(word.replace("_", "-"), "")
    if word and not detail and word not in kind_names.NO_DETAILS:
        values.notices.append(Message.of(Key.BAD_VALUE, field=tag, value=word))
    return detail or values.value(FieldSource(("objektkategorie/objektart/objektart_zusatz",), convert.line, 60), "")


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
    own = sorted(node.attributes.items(), key=lambda item: item[0] not in vocabulary.PRICE_ATTRIBUTES)
    named = (
        text if name in vocabulary.PRICE_ATTRIBUTES else f"{name} {text}"
        for name, text in own
        if says(text) and name != "feldname"
    )
    texts = (node.text if node.text.strip() else inner, *named)
    words = [convert.line(text) for text in texts if says(text)]
    return " ".join((node.attributes.get("feldname") or node.tag, " / ".join(words))) if words else ""


def _usage(values: _Values) -> str:
    return _first_true(values, "objektkategorie/nutzungsart", vocabulary.USAGE) or "residential"


def _status(values: _Values, action: Action) -> str:
    """The status the file asks for; "" when it says nothing about it."""
    if action is Action.REFERENCE:
        return "sold"
    source = FieldSource(("zustand_angaben/verkaufstatus@stand",), convert.one_of(vocabulary.SALE_STATES))
    status: str = values.value(source, "")
    return status


def _features(values: _Values) -> tuple[str, ...]:
    found = [feature for (path, attribute), feature in vocabulary.FEATURES.items() if values.flag(path, attribute)]
    for path, feature in vocabulary.COUNTED_FEATURES.items():
        _, text = values.raw([path])
        if text.strip().strip("0."):
            found.append(feature)
    return tuple(sorted(set(found)))


def _energy(values: _Values) -> Energy:
    """The certificate; <jahrgang> may say that there is none, and why, and <befeuerung> what is burnt."""
    energy = values.group(Energy)
    if not energy.energy_certificate:
        _, word = values.raw(["zustand_angaben/energiepass/jahrgang", "~epass_jahrgang"])
        energy = replace(energy, energy_certificate=energy_words.no_certificate(word))
    if energy.energy_carrier:
        return energy
    fuels = {carrier for name, carrier in vocabulary.FUELS.items() if values.flag("ausstattung/befeuerung", name)}
    if len(fuels) > 1:
        values.notices.append(Message.of(Key.ENERGY_CARRIERS, value=", ".join(sorted(fuels))))
    return replace(energy, energy_carrier=fuels.pop()) if len(fuels) == 1 else energy


def _texts(values: _Values) -> Texts:
    """The texts; of those that stand there once in each language the German one, where there is no other."""
    texts = values.group(Texts)
    if texts.description:
        return texts
    found = {
        node.attributes.get("lang", "").strip().lower()[:2]: node for node in values.node.all(vocabulary.OBJEKT_TEXT)
    }
    node = next((found[language] for language in ("de", "ge", "", *found) if language in found), None)
    return replace(texts, description=convert.prose(node.text)[:PROSE_LENGTH]) if node else texts


def _contact(values: _Values) -> ContactPerson:
    node = values.node.child("kontaktperson")
    parts = [_line(node, tag, NAME_LENGTH) for tag in ("titel", "vorname", "name")] if node else []
    name = " ".join(filter(None, parts))[:NAME_LENGTH]
    return replace(values.group(ContactPerson), contact_name=name)
