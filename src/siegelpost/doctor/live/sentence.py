"""The form of a live finding's text: one sentence, and the steps that put it right or find it out."""

from dataclasses import dataclass

from siegelpost.doctor.texts.steps import StepText
from siegelpost.doctor.texts.steps import step as step
from siegelpost.toolbox.words import Words


@dataclass(frozen=True, slots=True)
class FindingText:
    sentence: Words
    steps: tuple[StepText, ...] = ()


def said(de: str, en: str, *steps: StepText) -> FindingText:
    """A finding's sentence in both languages, with its steps."""
    return FindingText(Words(de, en), steps)
