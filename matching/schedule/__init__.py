"""When: the calendar of visits, and the routes of a day."""
