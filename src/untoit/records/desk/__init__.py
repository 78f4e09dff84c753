"""What waits for whom: tasks with an owner and a due date, messages to send, last visits."""
