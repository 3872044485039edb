"""OpenImmo's words and what they are called here; the right-hand values are those of ``estates.kinds``."""

# Child of <objektart> -> kind. Houses are told apart by their haustyp.
KINDS = {
    "wohnung": "flat",
    "zimmer": "room",
    "grundstueck": "land",
    "buero_praxen": "commercial",
    "einzelhandel": "commercial",
    "gastgewerbe": "commercial",
    "hallen_lager_prod": "commercial",
    "land_und_forstwirtschaft": "commercial",
    "freizeitimmobilie_gewerblich": "commercial",
    "zinshaus_renditeobjekt": "investment",
    "parken": "parking",
    "sonstige": "other",
}

# haustyp -> kind. All others, terraced and semi-detached ones included, are single-family houses.
HOUSES = {
    "MEHRFAMILIENHAUS": "house_multi",
    "APARTMENTHAUS": "house_multi",
    "WOHN_UND_GESCHAEFTSHAUS": "house_multi",
    "ZWEIFAMILIENHAUS": "house_two",
    "EINLIEGERWOHNUNG": "house_two",
    "HAUS_MIT_EINLIEGERWOHNUNG": "house_two",
    "EINFAMILIENHAUS_MIT_EINLIEGERWOHNUNG": "house_two",
}

# Attribute of <vermarktungsart> that is true -> marketing, the first in this order.
MARKETING = {"kauf": "purchase", "erbpacht": "purchase", "miete_pacht": "rent", "leasing": "rent"}

# Amounts without VAT: where nothing else is told, it comes on top.
NET_PRICES = frozenset({"preise/kaufpreisnetto", "preise/hauptmietzinsnetto"})
# Children of <preise> that are read, or that follow from what is read. Others are named at import.
PRICES_KNOWN = frozenset({
    *("kaufpreis", "kaufpreisbrutto", "kaufpreisnetto", "kaltmiete", "nettokaltmiete", "pacht", "hauptmietzinsnetto"),
    *("warmmiete", "pauschalmiete", "gesamtmietebrutto", "nebenkosten", "betriebskostennetto", "heizkosten"),
    *("heizkostennetto", "heizkosten_enthalten", "hausgeld", "kaution", "kaution_text", "zzg_mehrwertsteuer"),
    *("waehrung", "provisionspflichtig", "provision_teilen", "innen_courtage", "aussen_courtage", "courtage_hinweis"),
    *("provisionnetto", "provisionbrutto", "kaufpreis_pro_qm", "mietpreis_pro_qm", "mwst_satz", "preis_zeiteinheit"),
})  # fmt: skip
# What is read as commission; and the words by which other texts are known to speak of it. Pictures say nothing.
COMMISSION_FIELDS = frozenset({
    *("provisionspflichtig", "provision_teilen", "innen_courtage", "aussen_courtage", "courtage_hinweis"),
    *("provisionnetto", "provisionbrutto", "anhaenge", "anhang"),
})  # fmt: skip
# What people call it, in small letters; and how programs shorten it in the names of their own fields.
COMMISSION_WORDS = (
    *("provision", "courtage", "maklergebühr", "maklergebuehr", "maklerhonorar", "maklerlohn", "maklerkosten"),
    *("vermittlungsgebühr", "vermittlungshonorar", "nachweisgebühr", "nachweishonorar", "erfolgshonorar"),
    *("commission", "agency fee", "agent's fee", "agent’s fee", "broker's fee", "broker’s fee", "brokerage"),
)
# Programs write the two letters of ISO 3166, or the sign on cars, where OpenImmo wants three letters.
COUNTRIES = {
    "D": "DEU",
    "DE": "DEU",
    "A": "AUT",
    "AT": "AUT",
    "CH": "CHE",
    "LI": "LIE",
    "L": "LUX",
    "LU": "LUX",
    "F": "FRA",
    "FR": "FRA",
    "I": "ITA",
    "IT": "ITA",
    "E": "ESP",
    "ES": "ESP",
    "NL": "NLD",
    "B": "BEL",
    "BE": "BEL",
    "DK": "DNK",
    "PL": "POL",
    "CZ": "CZE",
    "PT": "PRT",
    "GR": "GRC",
    "HR": "HRV",
    "HU": "HUN",
    "SE": "SWE",
}
COMMISSION_SHORT = "prov"
PRICE_ATTRIBUTES = ("stellplatzkaufpreis", "stellplatzmiete")

OBJEKT_TEXT = "freitexte/objekt_text"
# <sprache> or lang= -> language; and words by which the languages of this trade are told apart.
LANGUAGES = {"de": "de", "en": "en", "ge": "de"}
WORDS_OF = {
    "de": frozenset(
        {"und", "der", "die", "das", "mit", "ein", "eine", "zum", "im", "am", "wohnung", "haus", "zimmer", "helle"}
        | {"schöne", "grundstück", "büro", "kauf", "miete", "einfamilienhaus", "eigentumswohnung", "für"}
    ),
    "en": frozenset(
        {"and", "the", "with", "a", "an", "of", "flat", "house", "room", "rooms", "apartment", "bright", "for"}
        | {"office", "sale", "rent", "plot", "land", "beautiful", "family"}
    ),
}

# Attribute of <nutzungsart> that is true -> usage, the first in this order.
USAGE = {"wohnen": "residential", "waz": "holiday", "gewerbe": "commercial", "anlage": "investment"}

CONDITIONS = {
    word: word.lower()
    for word in (
        "ERSTBEZUG",
        "TEIL_VOLLRENOVIERUNGSBED",
        "NEUWERTIG",
        "TEIL_VOLLSANIERT",
        "TEIL_VOLLRENOVIERT",
        "TEIL_SANIERT",
        "VOLL_SANIERT",
        "SANIERUNGSBEDUERFTIG",
        "BAUFAELLIG",
        "NACH_VEREINBARUNG",
        "MODERNISIERT",
        "GEPFLEGT",
        "ROHBAU",
        "ENTKERNT",
        "ABRISSOBJEKT",
        "PROJEKTIERT",
    )
}

# Attribute of <befeuerung> that is true -> energy carrier.
FUELS = {
    **{name: name for name in ("oel", "gas", "elektro", "alternativ", "solar", "erdwaerme", "luftwp", "fern", "block")},
    **{name: name for name in ("wasser-elektro", "pellet", "kohle", "holz", "fluessiggas")},
    "nahwaerme": "fern",
}

# <verkaufstatus stand="…"> -> status
SALE_STATES = {"OFFEN": "active", "RESERVIERT": "reserved", "VERKAUFT": "sold"}

GROUPS = frozenset(
    {
        "TITELBILD",
        "BILD",
        "INNENANSICHTEN",
        "AUSSENANSICHTEN",
        "GRUNDRISS",
        "KARTEN_LAGEPLAN",
        "ANBIETERLOGO",
        "DOKUMENTE",
        "PANORAMA",
        "QRCODE",
        "EPASS-SKALA",
    }
)
FILM_GROUPS = frozenset({"FILM", "FILMLINK"})
OWN_PAGE = "ANBOBJURL"
LINK_GROUPS = FILM_GROUPS | {"LINKS", OWN_PAGE}
# By these, in title or address, a link to a walk through the rooms and one to a film are known.
TOUR_WORDS = ("360", "rundgang", "tour", "virtuell", "matterport", "ogulo", "immoviewer", "panorama")
FILM_WORDS = ("video", "film", "youtube.", "youtu.be", "vimeo.")

# (element, attribute or "" for the element's own text) -> feature, when it is true
FEATURES = {
    ("ausstattung/kueche", "ebk"): "fitted_kitchen",
    ("ausstattung/boden", "parkett"): "parquet",
    ("ausstattung/heizungsart", "fussboden"): "underfloor_heating",
    ("ausstattung/fahrstuhl", "personen"): "lift",
    ("ausstattung/stellplatzart", "garage"): "garage",
    ("ausstattung/stellplatzart", "tiefgarage"): "underground_parking",
    ("ausstattung/stellplatzart", "carport"): "carport",
    ("ausstattung/stellplatzart", "freiplatz"): "outdoor_parking",
    ("ausstattung/kamin", ""): "fireplace",
    ("ausstattung/klimatisiert", ""): "air_conditioned",
    ("ausstattung/gartennutzung", ""): "garden",
    ("ausstattung/barrierefrei", ""): "barrier_free",
    ("ausstattung/seniorengerecht", ""): "senior_friendly",
    ("ausstattung/sauna", ""): "sauna",
    ("ausstattung/swimmingpool", ""): "pool",
    ("ausstattung/wintergarten", ""): "conservatory",
    ("ausstattung/rolladen", ""): "roller_shutters",
    ("ausstattung/gaestewc", ""): "guest_wc",
    ("ausstattung/wasch_trockenraum", ""): "washing_room",
    ("ausstattung/fahrradraum", ""): "bicycle_room",
    ("ausstattung/wg_geeignet", ""): "flat_share",
    ("ausstattung/sicherheitstechnik", "alarmanlage"): "alarm",
    ("ausstattung/unterkellert", "keller=JA"): "cellar",
    ("ausstattung/unterkellert", "keller=TEIL"): "part_cellar",
    ("ausstattung/moebliert", "moeb=VOLL"): "furnished",
    ("ausstattung/moebliert", "moeb=TEIL"): "part_furnished",
    ("ausstattung/kueche", "offen"): "open_kitchen",
    ("ausstattung/bad", "wanne"): "bathtub",
    ("ausstattung/bad", "dusche"): "shower",
    ("ausstattung/bad", "fenster"): "bathroom_window",
    ("ausstattung/boden", "fertigparkett"): "parquet",
    ("ausstattung/boden", "dielen"): "floorboards",
    ("ausstattung/boden", "fliesen"): "tiles",
    ("ausstattung/boden", "laminat"): "laminate",
    ("ausstattung/heizungsart", "zentral"): "central_heating",
    ("ausstattung/heizungsart", "etage"): "self_contained_heating",
    ("ausstattung/heizungsart", "fern"): "district_heating",
    ("ausstattung/heizungsart", "ofen"): "stove",
    ("ausstattung/fahrstuhl", "lasten"): "freight_lift",
    ("ausstattung/stellplatzart", "duplex"): "duplex_parking",
    ("ausstattung/rollstuhlgerecht", ""): "wheelchair",
    ("ausstattung/kabel_sat_tv", ""): "cable_tv",
    ("ausstattung/abstellraum", ""): "storage_room",
    ("ausstattung/dachboden", ""): "attic",
    ("verwaltung_objekt/denkmalgeschuetzt", ""): "monument",
    ("verwaltung_objekt/vermietet", ""): "let",
    ("verwaltung_objekt/haustiere", ""): "pets",
    ("verwaltung_objekt/nichtraucher", ""): "non_smokers",
    ("verwaltung_objekt/wbs_sozialwohnung", ""): "social_housing",
}

# A count above zero -> feature
COUNTED_FEATURES = {
    "flaechen/anzahl_balkone": "balcony",
    "flaechen/anzahl_terrassen": "terrace",
    "flaechen/anzahl_balkon_terrassen": "balcony",
    "flaechen/anzahl_logia": "loggia",
}
