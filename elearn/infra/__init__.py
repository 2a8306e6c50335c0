"""Doors to the outside: database, jobs, files, mail, tables, documents."""
