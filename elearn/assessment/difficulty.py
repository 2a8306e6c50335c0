"""How hard a question is expected to be: what people got of it, pulled towards its level.

``facility`` is the share of a question's points that people get on average, 0 to 1; the name is
that of the trade, and a high facility means an easy question.

The estimate for a question answered n times with the observed facility x, of a level with the
default d, is (n·x + k·d) / (n + k) with k = ``PRIOR_ANSWERS``: the default counts as much as k
answers, so that three lucky people do not make a question easy, and three hundred outweigh it.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from elearn.assessment.models import Level
from elearn.assessment.statistics.queries import Observed

# Ours, by judgement, for questions nobody has answered yet; no source gives figures for this
# province. Officials pass at 50 %, and a paper of the customary mix 35/30/25/10 comes out at .64.
LEVEL_FACILITY: Mapping[Level, Decimal] = {
    Level.RECALL: Decimal("0.80"),
    Level.UNDERSTAND: Decimal("0.65"),
    Level.APPLY: Decimal("0.50"),
    Level.APPLY_HIGH: Decimal("0.35"),
}
PRIOR_ANSWERS = 30
SCALE = 10_000


def expected_facility(level: Level, observed: Observed | None) -> Decimal:
    """Return the expected facility of a question, 0 to 1."""
    default = LEVEL_FACILITY[level]
    if observed is None or observed.n <= 0:
        return default
    seen = Decimal(str(observed.facility))
    return (observed.n * seen + PRIOR_ANSWERS * default) / (observed.n + PRIOR_ANSWERS)


def in_ten_thousandths(facility: Decimal) -> int:
    """Return ``facility`` (0 to 1) as the whole number that draws compute with."""
    return int((facility * SCALE).quantize(Decimal(1), ROUND_HALF_UP))
