"""The form of one picture or document of a property."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.kinds import GALLERY, MediaGroup
from siegelpost.estates.media import markable
from siegelpost.estates.models import Media


class MediaForm(forms.ModelForm[Media]):
    """What can be said of it; a document has no look to be described, and is no picture."""

    class Meta:
        model = Media
        fields = ("title", "group", "alt", "step", "marked")
        help_texts = {
            "title": _("Steht unter dem Bild, zum Beispiel „Wohnzimmer nach Süden“."),
            "step": _(
                "Auf Anfrage: Interessenten sehen den Namen und bitten darum; bei der Sendung geben Sie es für diese "
                "Person frei und können das zurücknehmen. Bereits Gesendetes ändert sich nicht."
            ),
            "marked": _(
                "Auf jeder Seite steht quer, wer es wann abgerufen hat. Gespeichert bleibt das Dokument, wie es ist."
            ),
            "alt": _("Wird vorgelesen. Ohne sie gilt der Titel."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_picture:
            del self.fields["step"], self.fields["marked"]
            return
        del self.fields["alt"]
        self.fields["title"].help_text = _("So heißt das Dokument für Interessenten.")
        group = self.fields["group"]
        assert isinstance(group, forms.ChoiceField)  # noqa: S101 - of a field with choices
        possible = {*MediaGroup.values} - {*GALLERY} | {self.instance.group}
        group.choices = [(value, label) for value, label in MediaGroup.choices if value in possible]

    def clean_marked(self) -> bool:
        """Tried now, so that nobody who asks for the document later finds out that it cannot be."""
        wanted: bool = self.cleaned_data["marked"]
        if wanted and not markable(self.instance):
            raise forms.ValidationError(
                _(
                    "Dieses PDF lässt sich nicht kennzeichnen: Es ist signiert, gegen Änderungen geschützt oder zu "
                    "groß dafür. Drucken Sie es neu als PDF und laden Sie das hoch."
                )
            )
        return wanted
