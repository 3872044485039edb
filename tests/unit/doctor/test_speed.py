"""What a judgement costs: 1,000 chains two seconds of processor time, no single one more than one.

At the pace of the machine that the bounds are meant for.
"""

from time import process_time

import pytest
from tests.real.browsers import broken, odd
from tests.support import cost

from siegelpost.doctor.judge import judge


@pytest.mark.parametrize(
    ("number", "before"), [(100, 1), pytest.param(1000, 0, marks=pytest.mark.soak)], ids=["100", "1000"]
)
def test_a_thousand_chains_in_two_seconds(number: int, before: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Drawn chains of any shape, a tenth of them broken; what other tests left in caches does not help.

    The first chain of a process has the doctor read his lists: counted in the thousand, done before the hundred, of
    which it would be a quarter.
    """
    cases = [*odd.some(number - number // 10, first=50_000), *broken.some(number // 10, first=50_000)]
    for case in cases[:before]:
        judge(case.served.chain, case.host, local_roots=case.roots)
    took, paces = [], []
    for case in cases:
        start = process_time()
        judge(case.served.chain, case.host, local_roots=case.roots)
        took.append(process_time() - start)
        paces.append(cost.pace())
    with capsys.disabled():
        print(
            f"\n{number} chains: {sum(took):.2f} s of processor time, the dearest {max(took):.3f} s, "
            f"at a pace of {sum(paces) / number:.2f}"
        )
    assert sum(took) < 2 * sum(paces) / 1000
    assert max(took) < max(paces)
