package main

import "time"

// lengths are how long the benchmarks of the plan send, and rest before the next, as far as that is known: 0 is not
// known. It is nil where it depends on what is measured which benchmarks there are.
func (plan *benchPlan) lengths() []time.Duration {
	var all []time.Duration
	for _, cell := range plan.runs() {
		loads, more := cell.plannedLoads()
		if more {
			return nil
		}
		for _, l := range loads {
			length := l.length
			if length > 0 {
				length += plan.between
			}
			all = append(all, length)
		}
	}
	return all
}
