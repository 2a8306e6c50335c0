"""Job kind to the dotted path of the function that does it: ``package.module:function``.

Paths, not functions: the web process knows every kind but loads nothing that only jobs need.
"""

from collections.abc import Mapping

HANDLERS: Mapping[str, str] = {
    "mail.send": "elearn.infra.mail:send",
    "certificates.bundle": "elearn.workflows.certificate_files:build_bundle",
    "keys.preview": "elearn.workflows.change_keys:preview",
    "keys.regrade": "elearn.workflows.change_keys:regrade",
    "printing.build": "elearn.workflows.print_papers:build",
    "rounds.tally": "elearn.workflows.tally_rounds:tally",
    "questions.check": "elearn.workflows.import_questions:check_import",
    "questions.apply": "elearn.workflows.import_questions:apply_import",
    "roster.check": "elearn.workflows.stage_roster:check_batch",
    "roster.apply": "elearn.workflows.stage_roster:apply_batch",
    "forms.assemble": "elearn.workflows.assemble_forms:assemble",
    "assessment.similarity": "elearn.workflows.compute_similarity:compute",
    "assessment.statistics": "elearn.workflows.compute_statistics:compute",
}
