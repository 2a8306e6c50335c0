"""What is taught: programmes, modules, lessons, legal documents."""
