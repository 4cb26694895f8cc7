"""The vocabulary: entries, dates, identifiers, dossiers. No I/O; imports no other room."""
