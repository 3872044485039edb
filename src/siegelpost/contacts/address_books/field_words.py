"""What a column of a table may say, in words for whoever brings it in."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.contacts.vcard_reader import CUT

# In the order in which they are offered.
WORDS: dict[str, Promise] = {
    "": _("nicht übernehmen"),
    "last_name": _("Nachname"),
    "first_name": _("Vorname"),
    "further_name": _("weiterer Vorname"),
    "full_name": _("ganzer Name"),
    "salutation": _("Anrede"),
    "title": _("Titel"),
    "suffix": _("Namenszusatz"),
    "company": _("Firma"),
    "department": _("Abteilung"),
    "job": _("Position"),
    "email": _("E-Mail"),
    "mobile": _("Mobil"),
    "phone": _("Telefon"),
    "fax": _("Fax"),
    "street": _("Straße"),
    "house_no": _("Hausnummer"),
    "postal_code": _("Postleitzahl"),
    "city": _("Ort"),
    "country": _("Land"),
    "note": _("Notiz"),
    "birthday": _("Geburtstag"),
    "web": _("Internet"),
    "nickname": _("Spitzname"),
    "groups": _("Gruppen"),
    "what_for": _("wofür die Nummer oder Adresse daneben ist"),
    "other": _("Weiteres, mit der Überschrift der Spalte"),
}
# What is not taken, where people have a word for it.
LINES: dict[str, Promise] = {
    CUT: _("das Ende von Texten über 5.000 Zeichen"),
    "PHOTO": _("Fotos"),
    "LOGO": _("Logos"),
    "SOUND": _("Tonaufnahmen"),
    "KEY": _("Schlüssel für verschlüsselte Mails"),
    "GEO": _("Koordinaten"),
    "AGENT": _("Karten von Vertretern"),
    "FBURL": _("Kalender"),
    "CALURI": _("Kalender"),
    "CALADRURI": _("Kalender"),
    "MEMBER": _("Mitglieder von Verteilern"),
}
