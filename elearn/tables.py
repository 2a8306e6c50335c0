"""Imports every models.py, so that the metadata is complete."""

from sqlalchemy import MetaData

from elearn.accounts import models as accounts
from elearn.assessment import models as assessment
from elearn.assessment.forms import models as assessment_forms
from elearn.assessment.marking import models as assessment_marking
from elearn.assessment.practice import models as assessment_practice
from elearn.assessment.printing import models as assessment_printing
from elearn.assessment.regrading import models as assessment_regrading
from elearn.assessment.reports import models as assessment_reports
from elearn.assessment.reviews import models as assessment_reviews
from elearn.assessment.rounds import models as assessment_rounds
from elearn.assessment.statistics import models as assessment_statistics
from elearn.authoring import models as authoring
from elearn.authoring.files import models as authoring_files
from elearn.authoring.imports import models as authoring_imports
from elearn.certificates import models as certificates
from elearn.curriculum import models as curriculum
from elearn.infra import models as infra
from elearn.infra.db import Base
from elearn.org import models as org
from elearn.progress import models as progress
from elearn.roster import models as roster

FEATURES = (
    infra,
    accounts,
    org,
    curriculum,
    assessment,
    assessment_practice,
    assessment_printing,
    assessment_rounds,
    assessment_reports,
    assessment_forms,
    assessment_statistics,
    assessment_regrading,
    assessment_marking,
    assessment_reviews,
    progress,
    certificates,
    authoring,
    roster,
    authoring_files,
    authoring_imports,
)
metadata: MetaData = Base.metadata
