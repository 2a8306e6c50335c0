"""The signs by which a line of a question paper is known; matched on its plain form.

No pattern may read the same characters in two ways: a line of a stranger's file must not take
longer than its length allows. Lines have no more than two blanks in a row (``squeezed``).
"""

import re

# «Câu 1:», «Bài 2.», «Question 3)», «Câu hỏi số 4 (NB):»
QUESTION = re.compile(
    r"\s*(#!?\s*)?(?:cau(?:\s*hoi)?|bai(?:\s*tap)?|question|q)\s*(?:so\s*)?(\d{1,4})"
    r"(?P<tags>(?:\s*[(\[][^)\]\n]{1,24}[)\]])*)\s*(?P<sign>[.:)/-]+|$)?\s*"
)
NUMBERED = re.compile(
    r"\s*(#!?\s*)?(\d{1,4})(?P<tags>(?:\s*[(\[][^)\]\n]{1,24}[)\]])*)\s*[.)/:](?!\d)\s*"
)
TAG = re.compile(r"\s*[(\[]\s*([^)\]]*?)\s*[)\]]")
LEVELS = {
    "nb": "RECALL", "nhan biet": "RECALL", "biet": "RECALL", "m1": "RECALL",
    "th": "UNDERSTAND", "thong hieu": "UNDERSTAND", "hieu": "UNDERSTAND", "m2": "UNDERSTAND",
    "vd": "APPLY", "vdt": "APPLY", "van dung": "APPLY", "van dung thap": "APPLY", "m3": "APPLY",
    "vdc": "APPLY_HIGH", "van dung cao": "APPLY_HIGH", "m4": "APPLY_HIGH",
}  # fmt: skip
POINTS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:diem|d|pts?|points?)")

OPTION = re.compile(
    r"(?<!\S)(?P<star>\*\s?)?(?P<pin>#\s?)?\(?(?P<letter>[A-Ja-j])\s?[.)/:](?!\S?//)\s*"
)
RIGHT_AFTER = re.compile(
    r"\s*(?:[(\[]\s*(?:dung|dap an(?:\s*dung)?|correct|true)\s*[)\]]|[✓✔√])\s*[.;]?\s*$"
)

KEY = re.compile(
    r"\s*(?:[=*>-]+\s*|→\s*)?(?:(?:dap\s*an(?:\s*dung)?(?:\s*la)?|tra\s*loi|answer|key|ket\s*qua|da)"
    r"\s*(?P<sign>[:.=-]+)?|chon(?:\s*(?:dap\s*an|phuong\s*an|cau))?\s*:?)\s*(?P<rest>.*)"
)
# «C», «A, C», «A và C», «C.» and «C. the text of it»
LETTERS = re.compile(
    r"([a-j])(?:(?:\s*[,;/+&]\s*|\s+(?:(?:va|and)\s+)?)[a-j](?![a-z])){0,9}\s*[.)]?\s*"
)
LETTER_WITH_TEXT = re.compile(r"([a-j])\s*[.)]\s+\S.*")
JOINED = re.compile(r"[a-j]{2,10}\s*\.?\s*")
DIGITS = re.compile(r"\d{1,2}(?:\s*[,;]\s*\d{1,2})*\s*\.?\s*")
EXPLANATION = re.compile(
    r"\s*(?:loi\s*giai(?:\s*chi\s*tiet)?|giai\s*thich|huong\s*dan(?:\s*(?:giai|tra\s*loi|cham))?"
    r"|hdg|giai|explanation|feedback)\s*(?:[.:]+\s*(?P<rest>.*)|(?P<alone>$))"
)
FIELD = re.compile(
    r"\s*(?P<name>ma(?:\s*cau(?:\s*hoi)?)?|muc\s*do|bai\s*hoc|linh\s*vuc|ky\s*nang|du\s*kien"
    r"|vien\s*dan|diem|cach\s*cham|cach\s*so|sai\s*so|don\s*vi|nhan\s*xet\s*(?P<letter>[a-j]))"
    r"\s*:\s*(?P<rest>.*)"
)

PART = re.compile(r"\s*(?:phan|part|section|chuong|chu\s*de)\s+(?:[ivx]+|\d+)\b.*")
ROMAN = re.compile(r"\s*[IVX]{1,5}\s*[.)/-]\s*\S.*")
END = re.compile(r"[\s\-_.*~=]*het[\s\-_.*~=]*")
ANSWERS = re.compile(
    r"[\s*_=-]*(?:bang\s+)?(?:dap\s*an|huong\s*dan\s*cham|loi\s*giai(?:\s*chi\s*tiet)?"
    r"|answers?(?:\s*key)?)(?:\s+(?:va|de|tham|khao|chi|tiet|cac|trac|nghiem|bieu|diem|phan|huong"
    r"|dan|giai|cau|hoi|thi|kiem|tra|so|ma|\d{1,4}|[ivx]{1,4})\b)*[\s*_:.=-]*"
)
PAIR = re.compile(
    r"(?:cau\s*)?(\d{1,4})(?:\s*[-.:)/=]{1,2})?\s*([a-j](?:\s*[,;]\s*[a-j](?![a-z])|[a-j])*)(?![a-z])"
)
PAIRS = re.compile(rf"[\s|]*(?:{PAIR.pattern}[\s,;|.]*)+")
NUMBERS = re.compile(
    r"[\s|]*(?:cau(?:\s*(?:hoi|so))?|stt|question)?[\s|:]*(\d{1,4}(?:[\s|]+\d{1,4})*)[\s|]*"
)
LETTER_ROW = re.compile(
    r"[\s|]*(?:(?:dap\s*an|da|tra\s*loi|answer|key)[\s|:.]*)?([a-j](?:[\s|]+[a-j](?![a-z]))*)"
    r"[\s|]*"
)
# The row of names above an answer table.
HEADINGS = re.compile(
    r"[\s|]*(?:(?:cau(?:\s*(?:hoi|so))?|stt|dap\s*an(?:\s*dung)?|phuong\s*an|diem)[\s|]+){1,40}"
    r"(?:dap\s*an(?:\s*dung)?|phuong\s*an|diem)[\s|]*"
)
DETAIL = re.compile(
    r"\s*(?:cau\s*)?(\d{1,4})\s*[.:)/-]\s*(?:(?:dap\s*an|chon|da)(?:\s*(?:dung|la))?\s*[:.]?\s*)?"
    r"(?P<letters>[a-j](?:\s*,\s*[a-j])*)(?:[.,:;)]\s*(?P<text>\S.*)|\s*$)"
)

# A longer line is nobody's heading and no row of answers.
MAX_SIGN = 2_000
_BLANKS = re.compile(r"[^\S\n]{3,}")


def squeezed(text: str) -> str:
    """Return ``text`` with no more than two blanks in a row; a tab among them stays one."""
    return _BLANKS.sub(lambda match: "\t" if "\t" in match[0] else "  ", text)
