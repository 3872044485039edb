"""Codes in words."""

from siegelpost.doctor.texts import fill
from siegelpost.tls.acme.actors import ACTORS
from siegelpost.tls.acme.problems import Problem
from siegelpost.tls.acme.progress import Step
from siegelpost.tls.acme.sentences import PROBLEMS, STEPS


def step_text(step: Step, language: str = "de") -> str:
    """What is done in this step."""
    return STEPS[step][language]


def problem_text(problem: Problem, language: str = "de") -> str:
    """What happened, in one or two sentences."""
    values = dict(problem.values)
    values["cause"] = values.get(f"cause_{language}", values.get("cause", "?"))
    return fill(PROBLEMS[problem.code].sentence, language, values)


def remedy_texts(problem: Problem, language: str = "de") -> list[str]:
    """What to do about it, the most likely first."""
    return [fill(remedy, language, dict(problem.values)) for remedy in PROBLEMS[problem.code].remedies]


def actor_text(problem: Problem, language: str = "de") -> str:
    """Whose turn it is."""
    return ACTORS[PROBLEMS[problem.code].actor][language]
