"""What PostgreSQL itself is told and asked: grants, arrays, what became of a commit."""
