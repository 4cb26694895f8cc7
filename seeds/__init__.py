"""The dossiers that come with the program: the two articles it was born from."""
