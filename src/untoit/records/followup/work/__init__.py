"""Applications for jobs, from the card sent to six months held; what an employer may see is in employer_side."""
