"""The filters of a list of certificates, as they stand in an address or a form."""

from werkzeug.datastructures import MultiDict

from elearn.certificates.rules import CertificateState
from elearn.kernel.text import clean_line
from elearn.workflows.certificate_files import Selection


def selection_of(args: MultiDict[str, str]) -> Selection:
    """Return the filters that ``args`` name; what makes no sense is left out."""
    state = args.get("state", "")
    return Selection(
        text=clean_line(args.get("q", ""))[:100],
        programme_code=args.get("programme") or None,
        unit_code=args.get("unit") or None,
        state=CertificateState(state) if state in CertificateState.__members__ else None,
        year=args.get("year", None, int),
    )


def without_empty(selection: Selection) -> dict[str, object]:
    """Return the filters as parameters of an address."""
    given = {
        "q": selection.text,
        "programme": selection.programme_code,
        "unit": selection.unit_code,
        "state": selection.state.value if selection.state else None,
        "year": selection.year,
    }
    return {name: value for name, value in given.items() if value}
