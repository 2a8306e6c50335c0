"""All that knows HTTP and HTML, one package per audience."""
