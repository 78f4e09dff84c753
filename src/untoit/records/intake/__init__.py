"""Partners' files: columns recognised, preview, confirmation, receipt, undo."""
