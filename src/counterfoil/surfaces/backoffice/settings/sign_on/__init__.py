"""Single sign-on as staff set it up."""
