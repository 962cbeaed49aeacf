"""The calendar: from accepted tasks to dated visits for four weeks, and everything that moves them."""
