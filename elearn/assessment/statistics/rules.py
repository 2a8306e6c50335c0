"""From figures to plain advice for the authors of a question. Pure; see docs/statistics.md."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from elearn.kernel.errors import N_

# Below this many answers a figure says more of the few people than of the question.
LEAST_SHOWN = 10
LEAST_ADVISED = 30
# Facility, 0 to 1.
EASY, HARD = 0.95, 0.25
# Discrimination, -1 to 1.
WEAK, GOOD = 0.10, 0.30
# Shares of answers.
RARE, OFTEN_OMITTED, RISING = 0.02, 0.10, 0.10
# Standard errors: chance alone passes four about once in thirty thousand questions.
ALARM = 4.0
MOVED = 0.25
_LEAST_IN_GROUP = 10
# Types of which one thing is chosen, so that shares of choices add up to one.
_ONE_CHOICE = ("single_choice", "true_false")


class Weight(StrEnum):
    """How urgent a piece of advice is; the value is its tone on the page."""

    ALARM = "danger"
    WARNING = "warning"
    NOTE = "secondary"
    GOOD = "success"


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of a question version in a scope; see statistics.models.ItemStatistic."""

    n: int
    omitted: int
    facility: float
    discrimination: float | None
    exposure: float
    seconds: float | None
    options: Mapping[str, Sequence[int]]
    groups: Sequence[int]
    drift: float | None = None
    leak: float | None = None
    psi: float | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there are enough answers for figures to be shown."""
        return self.n >= LEAST_SHOWN

    def chosen(self, key: str) -> int:
        """Return how many chose ``key``."""
        return sum(self.options.get(key, ()))


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be or was answered: its tally key, how people call it, if it is right."""

    key: str
    name: str
    text: str
    is_right: bool
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence for the author, as a message id with its parameters."""

    weight: Weight
    message: str
    params: Mapping[str, object]


def _advice(weight: Weight, message: str, **params: object) -> Advice:
    return Advice(weight, message, params)


def advise(type_name: str, figures: Figures, options: Sequence[Option]) -> list[Advice]:
    """Return what the figures say in plain words, the most urgent first.

    Nothing but that it is too early below LEAST_ADVISED answers.
    """
    if figures.n < LEAST_ADVISED:
        return [
            _advice(
                Weight.NOTE,
                N_("Mới có %(n)s lượt trả lời; nhận xét chỉ có từ %(least)s lượt."),
                n=figures.n,
                least=LEAST_ADVISED,
            )
        ]
    found = [
        *_on_discrimination(figures),
        *_on_the_best(type_name, figures, options),
        *_on_leaks(figures),
        *_on_facility(figures),
        *_on_options(figures, options),
        *_on_omission(figures),
    ]
    order = list(Weight)
    found.sort(key=lambda each: order.index(each.weight))
    return found or [_advice(Weight.NOTE, N_("Không có dấu hiệu bất thường."))]


def _on_discrimination(figures: Figures) -> Iterator[Advice]:
    value = figures.discrimination
    if value is None:
        return
    if value + figures.n**-0.5 < 0:
        yield _advice(
            Weight.ALARM,
            N_(
                "Phân biệt ngược: người điểm thấp làm đúng nhiều hơn người điểm cao. "
                "Hãy kiểm tra đáp án và cách diễn đạt."
            ),
        )
    elif value < WEAK and figures.facility < EASY:
        yield _advice(
            Weight.WARNING,
            N_("Hầu như không phân biệt được người nắm bài với người chưa nắm bài."),
        )
    elif value >= GOOD and HARD <= figures.facility <= EASY:
        yield _advice(Weight.GOOD, N_("Câu hỏi tốt: phân biệt rõ người nắm bài."))


def _share(options: Sequence[int], groups: Sequence[int], place: int) -> float:
    return options[place] / groups[place] if options and groups[place] else 0.0


def _ends(figures: Figures) -> tuple[int, int] | None:
    """Return the places of the weakest and the best group large enough, None without two."""
    large = [place for place, size in enumerate(figures.groups) if size >= _LEAST_IN_GROUP]
    return (large[0], large[-1]) if len(large) > 1 else None


def _on_the_best(type_name: str, figures: Figures, options: Sequence[Option]) -> Iterator[Advice]:
    ends = _ends(figures)
    if type_name not in _ONE_CHOICE or ends is None:
        return
    weakest, best = ends
    right = max(
        (
            _share(figures.options.get(o.key, ()), figures.groups, best)
            for o in options
            if o.is_right
        ),
        default=0.0,
    )
    for option in options:
        counts = figures.options.get(option.key, ())
        among_best = _share(counts, figures.groups, best)
        if option.is_right or not counts:
            continue
        if among_best > right:
            yield _advice(
                Weight.ALARM,
                N_(
                    "Nhóm điểm cao nhất chọn %(option)s nhiều hơn đáp án: "
                    "hãy kiểm tra xem đáp án có sai không."
                ),
                option=option.name,
            )
        elif among_best > _share(counts, figures.groups, weakest) + RISING:
            yield _advice(
                Weight.WARNING,
                N_(
                    "Người giỏi chọn %(option)s nhiều hơn người yếu: "
                    "phương án này có thể cũng đúng, hoặc câu hỏi còn mập mờ."
                ),
                option=option.name,
            )


def _on_leaks(figures: Figures) -> Iterator[Advice]:
    if figures.drift is not None and figures.drift >= ALARM:
        yield _advice(
            Weight.ALARM,
            N_(
                "So với các đợt trước, câu này dễ lên nhiều hơn hẳn các câu khác: "
                "có thể đã lộ. Nên thay bằng câu tương đương."
            ),
        )
    if figures.leak is not None and figures.leak >= ALARM:
        yield _advice(
            Weight.ALARM,
            N_(
                "Trong đợt này, người làm sau đúng nhiều hơn hẳn người làm trước, "
                "vượt xa các câu khác: có thể câu hỏi bị lộ giữa đợt."
            ),
        )
    if figures.psi is not None and figures.psi > MOVED:
        yield _advice(
            Weight.NOTE, N_("Cách chọn phương án đã thay đổi nhiều so với các đợt trước.")
        )


def _on_facility(figures: Figures) -> Iterator[Advice]:
    if figures.facility > EASY:
        yield _advice(
            Weight.WARNING, N_("Quá dễ: hầu như ai cũng làm đúng, câu hỏi cho biết rất ít.")
        )
    elif figures.facility < HARD:
        yield _advice(
            Weight.WARNING,
            N_("Quá khó: rất ít người làm đúng. Kiểm tra đáp án, cách hỏi và nội dung đã dạy."),
        )


def _on_options(figures: Figures, options: Sequence[Option]) -> Iterator[Advice]:
    never, rarely = [], []
    for option in options:
        if not option.is_offered:
            continue
        count = figures.chosen(option.key)
        if option.is_right and count == 0:
            yield _advice(
                Weight.ALARM, N_("Không ai chọn đáp án đúng %(option)s."), option=option.name
            )
        elif not option.is_right and count == 0:
            never.append(option.name)
        elif not option.is_right and count < RARE * figures.n:
            rarely.append(option.name)
    if never:
        yield _advice(
            Weight.WARNING,
            N_("Không ai chọn %(options)s: phương án nhiễu không có tác dụng, nên viết lại."),
            options=", ".join(never),
        )
    if rarely:
        yield _advice(Weight.NOTE, N_("Rất ít người chọn %(options)s."), options=", ".join(rarely))


def _on_omission(figures: Figures) -> Iterator[Advice]:
    share = figures.omitted / figures.n
    if share > OFTEN_OMITTED:
        yield _advice(
            Weight.WARNING,
            N_("%(percent)s%% bỏ trống: câu có thể khó hiểu, hoặc bài quá dài so với thời gian."),
            percent=round(share * 100),
        )
