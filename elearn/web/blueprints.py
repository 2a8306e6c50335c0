"""Every blueprint of the site, one per audience."""

from flask import Blueprint

from elearn.web.admin.audit import blueprint as admin_audit
from elearn.web.admin.routes import blueprint as admin
from elearn.web.admin.users import blueprint as admin_users
from elearn.web.auth.account import blueprint as own_account
from elearn.web.auth.links import blueprint as auth_links
from elearn.web.auth.routes import blueprint as auth
from elearn.web.author.bank import blueprint as author_bank
from elearn.web.author.drafts import blueprint as author_drafts
from elearn.web.author.enemies import blueprint as author_enemies
from elearn.web.author.exports import blueprint as author_exports
from elearn.web.author.history import blueprint as author_history
from elearn.web.author.imports import blueprint as author_imports
from elearn.web.author.lessons import blueprint as author_lessons
from elearn.web.author.papers import blueprint as author_papers
from elearn.web.author.pictures import blueprint as author_pictures
from elearn.web.author.questions import blueprint as author_questions
from elearn.web.author.reports import blueprint as author_reports
from elearn.web.author.routes import blueprint as author
from elearn.web.author.statistics import blueprint as author_statistics
from elearn.web.certificates.routes import blueprint as certificates
from elearn.web.coverage.routes import blueprint as coverage
from elearn.web.hr.accounts import blueprint as hr_accounts
from elearn.web.hr.certificates import blueprint as hr_certificates
from elearn.web.hr.roster import blueprint as hr_roster
from elearn.web.hr.routes import blueprint as hr
from elearn.web.jobs.routes import blueprint as jobs
from elearn.web.learner.legal import blueprint as legal
from elearn.web.learner.lessons import blueprint as lessons
from elearn.web.learner.media import blueprint as media
from elearn.web.learner.practice import blueprint as practice
from elearn.web.learner.routes import blueprint as learner
from elearn.web.marking.essays import blueprint as essays
from elearn.web.marking.keys import blueprint as keys
from elearn.web.marking.reviews import blueprint as reviews
from elearn.web.officer.attempts import blueprint as officer_attempts
from elearn.web.officer.certificates import blueprint as officer_certificates
from elearn.web.officer.doubts import blueprint as officer_doubts
from elearn.web.officer.printing import blueprint as officer_printing
from elearn.web.officer.rescue import blueprint as officer_rescue
from elearn.web.officer.round_people import blueprint as officer_round_people
from elearn.web.officer.round_tickets import blueprint as officer_round_tickets
from elearn.web.officer.rounds import blueprint as officer_rounds
from elearn.web.officer.routes import blueprint as officer
from elearn.web.officer.similarity import blueprint as officer_similarity
from elearn.web.public.routes import blueprint as public
from elearn.web.public.verify import blueprint as verify
from elearn.web.quiz.again import blueprint as quiz_again
from elearn.web.quiz.bulletin import blueprint as bulletin
from elearn.web.quiz.reports import blueprint as quiz_reports
from elearn.web.quiz.reviews import blueprint as quiz_reviews
from elearn.web.quiz.routes import blueprint as quiz
from elearn.web.rounds.routes import blueprint as rounds

BLUEPRINTS: tuple[Blueprint, ...] = (
    public,
    verify,
    auth,
    auth_links,
    own_account,
    learner,
    lessons,
    legal,
    media,
    practice,
    quiz,
    quiz_reviews,
    essays,
    reviews,
    keys,
    quiz_again,
    quiz_reports,
    bulletin,
    certificates,
    author,
    author_bank,
    author_drafts,
    author_enemies,
    author_exports,
    author_history,
    author_imports,
    author_lessons,
    author_papers,
    author_pictures,
    author_questions,
    author_reports,
    author_statistics,
    hr,
    hr_accounts,
    hr_certificates,
    hr_roster,
    coverage,
    officer,
    officer_attempts,
    officer_certificates,
    officer_similarity,
    officer_printing,
    officer_doubts,
    officer_rescue,
    officer_rounds,
    officer_round_people,
    officer_round_tickets,
    rounds,
    admin,
    admin_users,
    admin_audit,
    jobs,
)
