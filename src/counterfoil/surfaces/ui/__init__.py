"""The design system: base pages, components, and how money, dates and states are put in words."""
