"""What there is to say of a file, by what happened; the texts are in :mod:`.refusals` and :mod:`.notices`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from siegelpost.toolbox.words import Words


class Key(StrEnum):
    """Every message, by what happened."""

    # The whole file is refused.
    NOT_FOUND = "not_found"
    EMPTY = "empty"
    NO_XML_NO_ZIP = "no_xml_no_zip"
    TOO_LARGE = "too_large"
    BROKEN_XML = "broken_xml"
    CUT_OFF = "cut_off"
    TAG_MISMATCH = "tag_mismatch"
    ATTRIBUTE_TWICE = "attribute_twice"
    AFTER_THE_END = "after_the_end"
    BAD_CHARACTERS = "bad_characters"
    UNKNOWN_ENCODING = "unknown_encoding"
    FOREIGN_XML = "foreign_xml"
    FEEDBACK = "feedback"
    DOCTYPE = "doctype"
    XINCLUDE = "xinclude"
    TOO_DEEP = "too_deep"
    TOO_MANY_ELEMENTS = "too_many_elements"
    TOO_MANY_PROPERTIES = "too_many_properties"
    FULL_DELETE = "full_delete"
    FULL_EMPTY = "full_empty"
    FULL_MOST = "full_most"
    NO_PROVIDER = "no_provider"
    BROKEN_ZIP = "broken_zip"
    ENCRYPTED_ZIP = "encrypted_zip"
    ZIP_METHOD = "zip_method"
    ZIP_TRAVERSAL = "zip_traversal"
    ZIP_BOMB = "zip_bomb"
    TOO_DEAR = "too_dear"
    ZIP_TOO_MANY = "zip_too_many"
    ZIP_NO_XML = "zip_no_xml"
    ZIP_SEVERAL_XML = "zip_several_xml"

    # One property is refused.
    NO_IDENTIFIER = "no_identifier"
    IDENTIFIER_LONG = "identifier_long"
    TWICE_OBID = "twice_obid"
    TWICE_NUMBER = "twice_number"
    OTHER_LANGUAGE = "other_language"
    OTHER_PROVIDER = "other_provider"
    UNKNOWN_ACTION = "unknown_action"
    PROPERTY_TOO_LARGE = "property_too_large"

    # One value or attachment is left out; the property is taken.
    BAD_VALUE = "bad_value"
    CUT = "cut"
    KIND_UNKNOWN = "kind_unknown"
    MARKETING_UNKNOWN = "marketing_unknown"
    MARKETING_BOTH = "marketing_both"
    MEASURE_UNKNOWN = "measure_unknown"
    PRICES_LEFT_OUT = "prices_left_out"
    PRICES_LEFT_OUT_MORE = "prices_left_out_more"
    COMMISSION_UNSAID = "commission_unsaid"
    COMMISSION_UNCONFIRMED = "commission_unconfirmed"
    COMMISSION_CONTRADICTION = "commission_contradiction"
    COMMISSION_AMOUNTS = "commission_amounts"
    COMMISSION_VAT = "commission_vat"
    COMMISSION_FROM = "commission_from"
    NUMBER_INTERN = "number_intern"
    ACTION_NEW = "action_new"
    REMOTE = "remote"
    ATTACHMENT_MISSING = "attachment_missing"
    FILES_UNNAMED = "files_unnamed"
    ATTACHMENT_EMPTY = "attachment_empty"
    ATTACHMENT_AMBIGUOUS = "attachment_ambiguous"
    ATTACHMENT_LARGE = "attachment_large"
    ATTACHMENT_BASE64 = "attachment_base64"
    ATTACHMENT_UNREADABLE = "attachment_unreadable"
    ATTACHMENTS_MANY = "attachments_many"
    LINK_REFUSED = "link_refused"
    LINK_LEFT = "link_left"
    ENERGY_CARRIERS = "energy_carriers"
    NESTED_ZIP = "nested_zip"

    # Something was read as it was meant; said once for the whole file.
    OTHER_ENCODING = "other_encoding"
    STRAY_BYTES = "stray_bytes"
    CONTROL_CHARACTER = "control_character"
    LOOSE_MARKUP = "loose_markup"


@dataclass(frozen=True, slots=True)
class MessageText:
    """What is said of one thing that happened, and what to do about it; the advice is empty for notices."""

    sentence: Words
    advice: Words


def said(de: str, en: str, do_de: str = "", do_en: str = "") -> MessageText:
    """The sentence in both languages, and what to do."""
    return MessageText(Words(de, en), Words(do_de, do_en))
