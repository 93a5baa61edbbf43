"""Dates as people from Latin America write them: 26 de noviembre de 2026, 3:05 p. m."""

DATE_FORMAT = r"j \d\e F \d\e Y"
MONTH_DAY_FORMAT = r"j \d\e F"
YEAR_MONTH_FORMAT = r"F \d\e Y"
TIME_FORMAT = "g:i a"
DATETIME_FORMAT = r"j \d\e F \d\e Y, g:i a"
SHORT_DATETIME_FORMAT = r"j \d\e F, g:i a"
# As in Mexico, Central America and the United States: 25,000 and 4.5.
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
