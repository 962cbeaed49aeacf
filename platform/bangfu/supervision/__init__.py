"""Timed things: owner, clock, reminders, the ladder 转办 督办 跟踪 反馈, closing on time (限时销号)."""
