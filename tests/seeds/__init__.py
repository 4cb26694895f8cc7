"""Tests of the dossiers that come with the program."""
