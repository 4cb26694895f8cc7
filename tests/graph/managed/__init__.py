"""Tests of the managed Neo4j, on real servers."""
