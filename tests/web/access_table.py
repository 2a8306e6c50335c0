"""Who may call which view: the one declared table, compared with the site over HTTP.

A line per endpoint: "PUBLIC", "SIGNED_IN", or the roles that may call it, separated by spaces.
A view that serves several methods has one line. Keep a block per blueprint, endpoints sorted.
"""

ACCESS: dict[str, str] = {
    # public
    "public.entrance": "PUBLIC",
    "public.healthz": "PUBLIC",
    "public.readyz": "PUBLIC",
    "public.set_language": "PUBLIC",
    # accounts
    "auth.account": "SIGNED_IN",
    "auth.login": "PUBLIC",
    "auth.logout": "PUBLIC",
    "auth_links.activate": "PUBLIC",
    "auth_links.forgot": "PUBLIC",
    "auth_links.reset": "PUBLIC",
    "auth_links.type_code": "PUBLIC",
    "own_account.change_password": "SIGNED_IN",
    "own_account.choose_language": "SIGNED_IN",
    "own_account.end_other_sessions": "SIGNED_IN",
    # administration
    "admin.home": "ADMIN",
    "admin_audit.export": "ADMIN",
    "admin_audit.show_list": "ADMIN",
    "admin_users.add": "ADMIN",
    "admin_users.describe": "ADMIN",
    "admin_users.end_role": "ADMIN",
    "admin_users.grant_role": "ADMIN",
    "admin_users.renew_link": "ADMIN",
    "admin_users.resume": "ADMIN",
    "admin_users.show": "ADMIN",
    "admin_users.show_list": "ADMIN",
    "admin_users.suspend": "ADMIN",
    # jobs
    "jobs.show": "SIGNED_IN",
    # learning
    "learner.claim_completion": "SIGNED_IN",
    "learner.my_modules": "SIGNED_IN",
    "learner.show_module": "SIGNED_IN",
    "legal.show": "SIGNED_IN",
    "lessons.accept_changes": "SIGNED_IN",
    "lessons.answer_check": "SIGNED_IN",
    "lessons.finish": "SIGNED_IN",
    "lessons.show": "SIGNED_IN",
    # papers and attempts
    "quiz.accept_superseded": "SIGNED_IN",
    "quiz.attempt": "SIGNED_IN",
    "quiz.confirm": "SIGNED_IN",
    "quiz.paper": "SIGNED_IN",
    "quiz.result": "SIGNED_IN",
    "quiz.save": "SIGNED_IN",
    "quiz.save_form": "SIGNED_IN",
    "quiz.start": "SIGNED_IN",
    "quiz.submit": "SIGNED_IN",
    "quiz.take_over": "SIGNED_IN",
    # certificates
    "certificates.download": "SIGNED_IN",
    "certificates.own": "SIGNED_IN",
    "verify.ask": "PUBLIC",
    "verify.check_file": "PUBLIC",
    "verify.find": "PUBLIC",
    "verify.show": "PUBLIC",
    # HR
    "hr_accounts.issue_links": "HR",
    "hr_accounts.renew_link": "HR",
    "hr_accounts.resume": "HR",
    "hr_accounts.show_list": "HR",
    "hr_accounts.show_person": "HR",
    "hr_accounts.suspend": "HR",
    "hr_certificates.browse": "HR",
    "hr_certificates.bundle_file": "HR",
    "hr_certificates.export": "HR",
    "hr_certificates.request_bundle": "HR",
    "hr.export_missing": "HR",
    "hr.home": "HR",
    # coverage
    "coverage.export": "HR LEADER PROGRAMME_OFFICER",
    "coverage.show": "HR LEADER PROGRAMME_OFFICER",
    # programme officer
    "officer_certificates.browse": "PROGRAMME_OFFICER",
    "officer_certificates.export": "PROGRAMME_OFFICER",
    "officer_certificates.issue": "PROGRAMME_OFFICER",
    "officer_certificates.pending": "PROGRAMME_OFFICER",
    "officer_certificates.replace": "PROGRAMME_OFFICER",
    "officer_certificates.revoke": "PROGRAMME_OFFICER",
    "officer_certificates.show": "PROGRAMME_OFFICER",
    "officer_certificates.signers": "PROGRAMME_OFFICER",
    "officer.home": "PROGRAMME_OFFICER",
    "officer_attempts.count_late": "PROGRAMME_OFFICER",
    "officer_attempts.person": "PROGRAMME_OFFICER",
    "officer_attempts.search": "PROGRAMME_OFFICER",
    # authoring
    "author.home": "AUTHOR REVIEWER",
}
