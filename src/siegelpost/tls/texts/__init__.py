"""What the doctor says, in German and English: tables of sentences with placeholders, and nothing else."""

from siegelpost.tls.texts.causes import CAUSES, CauseText
from siegelpost.tls.texts.language import LANGUAGES, Text, fill
from siegelpost.tls.texts.steps import STEPS, Step

__all__ = ["CAUSES", "LANGUAGES", "STEPS", "CauseText", "Step", "Text", "fill"]
