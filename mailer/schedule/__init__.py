"""When: the calendar that finds the next date, and the tick that asks what is due."""
