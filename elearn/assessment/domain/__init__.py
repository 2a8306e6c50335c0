"""Pure decisions about questions, papers and attempts: no database, no Flask."""
