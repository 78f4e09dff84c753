"""The commands of ``untoit`` that need the web application; the command line imports them by name, when asked."""
