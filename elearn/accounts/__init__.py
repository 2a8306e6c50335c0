"""Who may sign in: users, passwords, sessions, one-time links."""
