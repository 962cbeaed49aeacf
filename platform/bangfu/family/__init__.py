"""The page of a household with a paper code: who comes next, and what to say about it."""
