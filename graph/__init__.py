"""The graph: the fold from entries, its projection into Neo4j, and questions to it."""
