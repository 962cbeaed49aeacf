"""Help inside the portal: guides per role, first steps, the glossary, and a hint on every form."""
