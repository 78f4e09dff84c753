"""HTML pages, one package per audience; what an employer may see is a question about one folder."""
