"""The WSGI entry point."""

from elearn.app import create_app

app = create_app()
