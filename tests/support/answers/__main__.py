"""Print how many answers are understood."""

from tests.support.answers import FILES, SHAPES, measured, sample, texts

print(f"{sum(len(texts(name)) for name in FILES)} texts in {len(SHAPES)} shapes of mail programs")
for figures in measured(sample()):
    print(
        f"{figures.meant.value:8} {figures.total.total():6} mails: {figures.share:6.1%} understood, "
        f"{figures.least:6.1%} in the worst shape, {len(figures.wrong)} taken for something else"
    )
    for text, count in figures.missed.most_common(5):
        print(f"         not in {count} shapes: {text!r}")
    for shape, text, found in figures.wrong[:5]:
        print(f"         {shape}: {text!r} taken for {found.value}")
