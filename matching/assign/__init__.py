"""Who serves whom: bound, construction, improvement, polish; the engine puts them in order."""
