"""The public face: GraphQL and pages over HTTP."""
