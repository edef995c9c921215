"""BAI2, the cash management balance reporting format of American banks: records of fields."""
