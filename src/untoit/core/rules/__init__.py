"""One readable function per rule."""
