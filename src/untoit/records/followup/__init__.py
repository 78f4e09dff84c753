"""Follow-up: proposals to the lease, applications to the job that holds, pathways, and the case they make."""
