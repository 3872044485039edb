"""Answers of people to our notice, by what they mean, in the shapes of mail programs.

``python -m tests.support.answers`` prints how many of them are understood.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from pathlib import Path

from tests.support.answers.clients import SHAPES as SHAPES
from tests.support.answers.clients import answer
from tests.support.answers.notices import Notice

from siegelpost.dispatch.recipient.reply_meaning import Meaning, People, meaning
from siegelpost.mail import reader
from siegelpost.mail.incoming.answer import Original, said

HERE = Path(__file__).parent
PEOPLE = People(("Mara Berger",), ("Jana Roth", "Immobilien Lindenhof"))
FILES = {"orders": Meaning.ORDER, "yeses": Meaning.YES, "noes": Meaning.NO, "neither": Meaning.UNCLEAR}


def texts(name: str) -> list[str]:
    """The texts of one file: orders, yeses, noes, neither."""
    lines = (HERE / f"{name}.txt").read_text().split("\n")
    return [text.strip("\n") for text in "\n".join(lines[1:]).split("\n%%%\n")]


def sample(name: str = "notice") -> bytes:
    """Our notice, as the product sent it to Mara Berger; mails of before are answered for years."""
    return (HERE / f"{name}.eml").read_bytes()


def understood(raw: bytes, ours: Original) -> Meaning:
    """What the product makes of an answer whose sender is proven."""
    found = said(raw, ours)
    answer = meaning(found.texts, PEOPLE)
    return Meaning.UNCLEAR if found.more and answer is not Meaning.NO else answer


@dataclass
class Figures:
    """How the texts of one kind were understood, by shape; ``wrong`` names what was taken for more than it says."""

    meant: Meaning
    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, Meaning]] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """Of all mails."""
        return self.right.total() / self.total.total()

    @property
    def least(self) -> float:
        """In the shape in which fewest are understood."""
        return min(self.right[shape] / self.total[shape] for shape in self.total)


def measured(ours: bytes, *, every: int = 1) -> Iterator[Figures]:
    """Every text in every shape, or in one of so many, each of them taken for some of the texts."""
    notice = Notice.of(BytesParser(policy=policy.default).parsebytes(ours))
    original = Original(reader.parsed(ours))
    for name, meant in FILES.items():
        figures = Figures(meant)
        for number, text in enumerate(texts(name)):
            for shape in list(SHAPES)[number % every :: every]:
                found = understood(answer(shape, text, notice), original)
                figures.total[shape] += 1
                figures.right[shape] += found is meant
                if found is not meant:
                    figures.missed[text] += 1
                if found not in {meant, Meaning.UNCLEAR}:
                    figures.wrong.append((shape, text, found))
        yield figures
