"""A question and a lesson cut into the parts that reviewers compare."""

from elearn.authoring.drafts.content import QuestionText
from elearn.authoring.drafts.sections import differences, sections
from tests.factories.authoring import A_LESSON, A_QUESTION, lesson_text


def _text(content: object, label: str) -> str:
    return next(section.text for section in sections(content) if section.label == label)


def test_the_key_is_told_in_words() -> None:
    assert _text(A_QUESTION, "Phương án") == (
        "A (đúng). Phương án một\nB. Phương án hai\n    → Chưa đúng."
    )
    statement = QuestionText(type="true_false", body={"stem": "x", "answer": False})
    assert _text(statement, "Phương án") == "Nhận định này sai"


def test_only_what_changed_is_shown() -> None:
    changed = differences(A_LESSON, lesson_text(minutes=25, skills=("S1", "S2")))
    assert [each.label for each in changed] == ["Thời lượng (phút)", "Kỹ năng"]


def test_of_a_new_text_all_that_says_something_is_shown() -> None:
    labels = [each.label for each in differences(None, A_LESSON)]
    assert "Nội dung" in labels
    assert "Văn bản viện dẫn" not in labels


def test_equal_texts_show_nothing() -> None:
    assert differences(A_LESSON, A_LESSON) == ()
