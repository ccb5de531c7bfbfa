package metrics

// An Operator compares a figure with the bound that a condition sets: <, <=, > or >=.
type Operator string

// Holds reports whether v is on the side of bound that o asks for. No figure at all, NaN, never is.
func (o Operator) Holds(v, bound float64) bool {
	switch o {
	case "<":
		return v < bound
	case "<=":
		return v <= bound
	case ">":
		return v > bound
	default:
		return v >= bound
	}
}
