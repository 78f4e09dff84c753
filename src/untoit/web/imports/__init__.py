"""Partners' files, from upload to receipt."""
