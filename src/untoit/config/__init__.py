"""Settings, URLs and the processes of the web application."""
