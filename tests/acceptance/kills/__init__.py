"""Programs killed and paused at work on a graph, and a reader who polls it all the while."""
