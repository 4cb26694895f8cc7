"""What can go wrong between the record and its graph; each message is one sentence."""


class GraphError(Exception):
    """Base of the errors of this package."""


class GraphUnavailable(GraphError):
    """Raised when Neo4j does not answer; trying again later may help."""


class GraphRefused(GraphError):
    """Raised when Neo4j refuses the credentials or what was asked of it."""


class TooLarge(GraphUnavailable):
    """Raised when a transaction needs more memory than Neo4j has for it, and was not written."""


class CannotFold(GraphUnavailable):
    """Raised when there is no room, or no file, to fold the log in; freeing some may help."""


class QueryTimeout(GraphError):
    """Raised when a question took longer than its time limit."""


class NotReady(GraphError):
    """Raised when the graph is not built yet; trying again later helps."""


class WrongGraph(GraphError):
    """Raised when a graph was not written from this log or not by this model version."""


class DamagedGraph(GraphError):
    """Raised when a graph lacks what it should have by its log; a rebuild mends it."""


class Fenced(GraphError):
    """Raised when another writer moved the checkpoint; the transaction was not written."""


class GraphMoving(GraphError):
    """Raised when the graph kept changing while a question was asked, however often repeated."""
