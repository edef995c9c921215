"""What PostgreSQL itself is told and asked: who acts, grants, arrays, what became of a commit."""
