"""What is held on a person, who read it, and its export."""
