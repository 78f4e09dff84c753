"""What may happen: refusals, absences, uncertain chances, and homes and jobs that arrive one by one."""
