"""The pages that a person opens: the landing page, GraphiQL, and the guide for Neo4j Browser."""
