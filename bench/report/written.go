package report

// Seconds writes a time of v seconds as reports do: three digits and a unit, such as "1.05 s".
func Seconds(v float64) string { return duration(v) }

// Number writes v as reports do: three digits, or all of those before the point, in groups of thousands.
func Number(v float64) string { return number(v) }

// Count writes a number of things, in groups of thousands.
func Count(n int64) string { return integer(n) }
