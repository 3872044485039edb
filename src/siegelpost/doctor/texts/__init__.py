"""What the doctor says, in German and English: tables of sentences with placeholders, and nothing else."""

from siegelpost.doctor.texts.causes import CAUSES, CauseText
from siegelpost.doctor.texts.language import fill
from siegelpost.doctor.texts.steps import STEPS, Step

__all__ = ["CAUSES", "STEPS", "CauseText", "Step", "fill"]
