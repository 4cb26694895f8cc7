"""Records that others made, as entries: a module for each format, and one that records them all.

A format's module reads a file row by row and drafts the entries of each row, without the log.
Ids are made from what a row is known by in its file or from what it says, never from its place in
the file, so that the same row is the same entries whenever it is imported again.
"""
