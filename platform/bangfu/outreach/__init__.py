"""Policy looks for people (政策找人), and the quarterly list of people in extreme hardship."""
