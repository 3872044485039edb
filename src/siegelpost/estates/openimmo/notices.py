"""What is said of a property that is refused, of what was left out of one, and of what was read otherwise."""

from siegelpost.estates.openimmo.keys import Key, MessageText, said

NOTICES: dict[Key, MessageText] = {
    Key.NO_IDENTIFIER: said(
        "Es hat weder eine OpenImmo-Kennung (openimmo_obid) noch eine Objektnummer (objektnr_extern, objektnr_intern).",
        "It has neither an OpenImmo id (openimmo_obid) nor a property number (objektnr_extern, objektnr_intern).",
    ),
    Key.IDENTIFIER_LONG: said(
        "{field} hat mehr als {limit} Zeichen; gekürzt wäre es von anderen nicht zu unterscheiden.",
        "{field} has more than {limit} characters; cut, it could not be told from others.",
    ),
    Key.TWICE_OBID: said(
        "Die OpenImmo-Kennung (openimmo_obid) „{value}“ hat in dieser Datei schon ein anderes Objekt; übernommen "
        "wurde nur jenes.",
        "Another property in this file already has the OpenImmo id (openimmo_obid) “{value}”; only that one was taken.",
    ),
    Key.TWICE_NUMBER: said(
        "Die Objektnummer (objektnr_extern) „{value}“ hat in dieser Datei schon ein anderes Objekt; übernommen wurde "
        "nur jenes.",
        "Another property in this file already has the number (objektnr_extern) “{value}”; only that one was taken.",
    ),
    Key.OTHER_LANGUAGE: said(
        "Die Objektnummer „{value}“ steht auch mit deutschen Texten in der Datei; übernommen wurden die deutschen.",
        "The number “{value}” is in the file with German texts, too; the German ones were taken.",
    ),
    Key.OTHER_PROVIDER: said(
        "Die OpenImmo-Kennung „{value}“ gehört hier schon zu einem Objekt eines anderen Anbieters ({provider}). Es "
        "wurde nicht verändert. Ist es dasselbe Objekt und hat nur der Anbieter den Namen gewechselt, archivieren Sie "
        "das alte; dann wird dieses neu angelegt.",
        "The OpenImmo id “{value}” already belongs to a property of another provider here ({provider}). It was not "
        "changed. If it is the same property and only the provider's name has changed, archive the old one; then this "
        "one is taken as new.",
    ),
    Key.UNKNOWN_ACTION: said(
        "Die Aktion „{value}“ ist unbekannt; bekannt sind CHANGE, DELETE und REFERENZ.",
        "The action “{value}” is unknown; known are CHANGE, DELETE and REFERENZ.",
    ),
    Key.PROPERTY_TOO_LARGE: said(
        "Es enthält zu viele oder zu große Elemente.",
        "It has too many or too large elements.",
    ),
    Key.BAD_VALUE: said(
        "{field}: „{value}“ ist nicht lesbar und wurde ausgelassen.",
        "{field}: “{value}” cannot be read and was left out.",
    ),
    Key.CUT: said(
        "{field}: Der Text war zu lang und wurde nach {limit} Zeichen gekürzt.",
        "{field}: the text was too long and was cut after {limit} characters.",
    ),
    Key.KIND_UNKNOWN: said(
        "Die Objektart ist nicht angegeben oder unbekannt; bitte prüfen Sie sie, denn von ihr hängt ab, was "
        "Interessenten erklären müssen.",
        "The kind of property is missing or unknown; please check it, for it decides what prospects must declare.",
    ),
    Key.MARKETING_UNKNOWN: said(
        "Es ist nicht angegeben, ob es um Kauf oder Miete geht; bitte prüfen Sie das.",
        "It does not say whether it is for sale or for rent; please check.",
    ),
    Key.MARKETING_BOTH: said(
        "Es ist zugleich zum Kauf und zur Miete angegeben; genommen wurde, wofür ein Preis dasteht. Bitte prüfen Sie "
        "das.",
        "It is given as for sale and for rent at once; what has a price was taken. Please check.",
    ),
    Key.PRICES_LEFT_OUT: said(
        "Nicht übernommen, weil es hier kein Feld dafür gibt: {value}. Nennen Sie es bei Bedarf in einem Text.",
        "Not taken, because there is no field for it here: {value}. Name it in a text where needed.",
    ),
    Key.MEASURE_UNKNOWN: said(
        "Preise sind in „{value}“ angegeben, womit dieser Server nicht rechnet. Die Beträge, die davon abhängen, sind "
        "nicht übernommen.",
        "Prices are given in “{value}”, in which this server does not count. The amounts that depend on it were not "
        "taken.",
    ),
    Key.PRICES_LEFT_OUT_MORE: said(
        "{count} weitere Angaben unter <preise> wurden nicht übernommen.",
        "{count} more values under <preise> were not taken.",
    ),
    Key.COMMISSION_UNSAID: said(
        "Die Datei sagt nichts zur Provision. Entscheiden Sie vor dem ersten Senden beim Objekt, ob eine zu zahlen "
        "ist.",
        "The file says nothing about commission. Decide on the property's page before the first sending whether one is "
        "due.",
    ),
    Key.COMMISSION_UNCONFIRMED: said(
        "Die Datei nennt eine Provision („{value}“), sagt aber nicht, ob sie verlangt wird (provisionspflichtig "
        "fehlt). Sie gilt vorerst als verlangt; bestätigen Sie das vor dem ersten Senden beim Objekt.",
        "The file names a commission (“{value}”), but not whether it is asked for (provisionspflichtig is missing). It "
        "is taken as asked for; confirm that on the property's page before the first sending.",
    ),
    Key.COMMISSION_CONTRADICTION: said(
        "Die Datei widerspricht sich: einmal provisionsfrei, einmal mit Provision („{value}“). Entscheiden Sie vor dem "
        "ersten Senden beim Objekt, was gilt.",
        "The file contradicts itself: free of commission in one place, with commission in another (“{value}”). Decide "
        "on the property's page before the first sending what holds.",
    ),
    Key.COMMISSION_AMOUNTS: said(
        "Die Datei nennt verschieden hohe Provisionen („{value}“). Entscheiden Sie vor dem ersten Senden beim Objekt, "
        "welche gilt.",
        "The file names commissions of different amounts (“{value}”). Decide on the property's page before the first "
        "sending which one holds.",
    ),
    Key.COMMISSION_VAT: said(
        "Ob in der Provision („{value}“) die MwSt. enthalten ist, sagt die Datei nicht oder auf zweierlei Weise. "
        "Entscheiden Sie es vor dem ersten Senden beim Objekt.",
        "Whether VAT is included in the commission (“{value}”) the file does not say, or in two ways. Decide it on the "
        "property's page before the first sending.",
    ),
    Key.COMMISSION_FROM: said(
        "Die Höhe der Provision („{value}“) ist aus {field} gelesen, weil aussen_courtage leer ist.",
        "The amount of the commission (“{value}”) was read from {field}, because aussen_courtage is empty.",
    ),
    Key.NUMBER_INTERN: said(
        "Es hat keine objektnr_extern; als Objektnummer gilt die interne, „{value}“ (objektnr_intern).",
        "It has no objektnr_extern; its number is the internal one, “{value}” (objektnr_intern).",
    ),
    Key.ACTION_NEW: said(
        "aktionart „{value}“ gibt es in OpenImmo nicht; das Objekt wurde gewöhnlich übernommen.",
        "OpenImmo has no aktionart “{value}”; the property was treated as an ordinary transfer.",
    ),
    Key.REMOTE: said(
        "Anhang „{name}“ liegt auf einem fremden Server und wurde nicht geholt.",
        "Attachment “{name}” lies on another server and was not fetched.",
    ),
    Key.ATTACHMENT_MISSING: said(
        "Anhang „{name}“ fehlt in der Übertragung.",
        "Attachment “{name}” is missing from the transfer.",
    ),
    Key.FILES_UNNAMED: said(
        "In der Übertragung liegen Dateien, die bei keinem Objekt genannt sind, und sie wurden nicht übernommen "
        "({count}): {names}.",
        "In the transfer lie files that no property names, and they were not taken ({count}): {names}.",
    ),
    Key.ATTACHMENT_EMPTY: said(
        "Zum Anhang „{name}“ nennt die Übertragung weder Inhalt noch Datei.",
        "For the attachment “{name}” the transfer names neither content nor file.",
    ),
    Key.ATTACHMENT_AMBIGUOUS: said(
        "Anhang „{name}“ gibt es in mehreren Ordnern der Übertragung; welcher gemeint ist, sagt sie nicht. Übernommen "
        "wurde keiner.",
        "Attachment “{name}” is in several folders of the transfer, which does not say which one is meant. None was "
        "taken.",
    ),
    Key.ATTACHMENT_LARGE: said(
        "Anhang „{name}“ ist größer als {limit} MiB.",
        "Attachment “{name}” is larger than {limit} MiB.",
    ),
    Key.ATTACHMENT_BASE64: said(
        "Anhang „{name}“ ist nicht richtig kodiert (Base64).",
        "Attachment “{name}” is not properly encoded (Base64).",
    ),
    Key.ATTACHMENT_UNREADABLE: said(
        "Anhang „{name}“ ist im Archiv beschädigt.",
        "Attachment “{name}” is damaged in the archive.",
    ),
    Key.ATTACHMENTS_MANY: said(
        "Es hat mehr als {limit} Anhänge; die übrigen wurden ausgelassen.",
        "It has more than {limit} attachments; the rest was left out.",
    ),
    Key.LINK_REFUSED: said(
        "Der Link „{name}“ wurde nicht übernommen: Er ist keine Adresse im Web (http oder https).",
        "The link “{name}” was not taken: it is no address on the web (http or https).",
    ),
    Key.LINK_LEFT: said(
        "Der Link „{name}“ wurde nicht übernommen: Das Exposé führt nur zu einem Film und einem Rundgang, je dem "
        "ersten.",
        "The link “{name}” was not taken: the exposé leads to one film and one walk through the rooms only, the first "
        "of each.",
    ),
    Key.NESTED_ZIP: said(
        "Das Archiv „{name}“ im Archiv wurde nicht geöffnet.",
        "The archive “{name}” inside the archive was not opened.",
    ),
    Key.ENERGY_CARRIERS: said(
        "Befeuerung: mehrere Energieträger angegeben ({value}); welcher der wesentliche ist, tragen Sie bitte beim "
        "Objekt ein.",
        "Several energy carriers are given for the heating ({value}); please enter on the property's page which one is "
        "the main one.",
    ),
    Key.OTHER_ENCODING: said(
        "Die Datei nennt sich „{value}“, ist aber {encoding}; sie wurde als {encoding} gelesen.",
        "The file calls itself “{value}”, but is {encoding}; it was read as {encoding}.",
    ),
    Key.STRAY_BYTES: said(
        "Ab Zeile {line} passen Zeichen nicht zur Kodierung {encoding}; sie wurden als Windows-1252 gelesen (Stellen: "
        "{count}). Bitte prüfen Sie dort die Umlaute, und stellen Sie den Export auf UTF-8.",
        "From line {line} on characters do not fit the encoding {encoding}; they were read as Windows-1252 (places: "
        "{count}). Please check the umlauts there, and set the export to UTF-8.",
    ),
    Key.CONTROL_CHARACTER: said(
        "In Zeile {line} steht ein Steuerzeichen ({value}), das es in XML nicht gibt; es wurde als Leerzeichen oder "
        "Zeilenumbruch gelesen (Stellen: {count}).",
        "Line {line} has a control character ({value}) that XML does not know; it was read as a space or line break "
        "(places: {count}).",
    ),
    Key.LOOSE_MARKUP: said(
        "Ab Zeile {line} stehen Zeichen („{value}“), die in XML anders geschrieben werden; sie wurden gelesen, wie sie "
        "gemeint sind (Stellen: {count}).",
        "From line {line} on there are characters (“{value}”) that XML writes otherwise; they were read as they are "
        "meant (places: {count}).",
    ),
}
